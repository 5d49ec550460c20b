"""Looks for a person's values in the whole database, whatever the table, column or type."""

from collections.abc import Iterable

from hark.testing.house import House


def every_table(house: House) -> set[str]:
    rows = house.query(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    return {row["table_name"] for row in rows}


def tables_naming(house: House, values: Iterable[str]) -> set[str]:
    """`table.column` of every place where one of the values stands."""
    columns = house.query(
        "select c.table_name, c.column_name, c.data_type from information_schema.columns c"
        " join information_schema.tables t using (table_schema, table_name)"
        " where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
    )
    found = set()
    for column in columns:
        table, name = column["table_name"], column["column_name"]
        text = f"encode(\"{name}\", 'escape')" if column["data_type"] == "bytea" else f'"{name}"::text'
        for value in values:
            escaped = "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in value)
            octal = "".join(sign if sign.isascii() else "".join(f"\\{b:03o}" for b in sign.encode()) for sign in value)
            like = [f"%{_plain(form.lower())}%" for form in (value, escaped, octal)]
            if house.query(f'select 1 from "{table}" where lower({text}) like any(%s) limit 1', like):
                found.add(f"{table}.{name}")
    return found


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
