-- What linkage.py asks of DuckDB. Table `record` holds an id and the fields of records.py as normalised text or nothing.

-- name: keep_quiet
set enable_progress_bar = false;

-- name: spill_to
set temp_directory = $folder;

-- name: take_records
create table record as select * from incoming;

-- name: take_news
create table news as select unnest($ids) as id;

-- name: write_keys
-- What a record is looked up by: two are compared if they share a key. A key is there if all that it is made of is there;
-- the same text has the same key in every run. Names are sorted, because people swap them.
create table key as
select id, (md5_number_lower(kind || ' ' || text) >> 1)::bigint as key
from (
  select id, unnest(range(16)) as kind, unnest([
    "number",
    email,
    phone,
    case when first_name < last_name then first_name || ' ' || last_name else last_name || ' ' || first_name end,
    birthday || postcode,
    birthday || left(first_name, 3),
    birthday || left(last_name, 3),
    birthday || case when first_name < last_name then left(first_name, 2) else left(last_name, 2) end,
    birthday || left(city, 4),
    first_name || postcode,
    last_name || postcode,
    left(street, 5) || street_number || coalesce(left(postcode, 1), ''),
    left(street, 5) || postcode,
    last_name || left(street, 5),
    first_name || left(street, 5),
    left(last_name, 5) || city || left(first_name, 1)
  ]) as text
  from record)
where text is not null;

-- name: read_keys
select id, key from key;

-- name: choose_pairs
-- A key that many share tells nothing, and comparing them all would never end.
create table pair as
with useful as (select key from key group by key having count(*) between 2 and $common),
sharing as (select id, key from key where key in (select key from useful))
select distinct l.id as join_key_l, r.id as join_key_r, '0' as match_key
from sharing l join sharing r on l.key = r.key and l.id < r.id;

-- name: choose_pairs_of_news
create table pair as
with sharing as (select id, key from key where key in (select key from key where id in (select id from news)))
select distinct l.id as join_key_l, r.id as join_key_r, '0' as match_key
from sharing l join sharing r on l.key = r.key and l.id < r.id
where l.id in (select id from news) or r.id in (select id from news);

-- name: count_pairs
select count(*) from pair;

-- name: count_values
select field, value, count(*) / sum(count(*)) over (partition by field) as share
from (select unnest(['first_name', 'last_name', 'street', 'city', 'region']) as field,
             unnest([first_name, last_name, street, city, region]) as value from record)
where value is not null
group by field, value
qualify row_number() over (partition by field order by count(*) desc, value) <= $most;
