-- Products and orders, learned from events. Everything here is derived from the log; no row names a person, only the
-- identity whose event it was, so merging and parting persons moves nothing.

create table product (
  id text primary key,                 -- product_id, else sku, as the shop writes it
  state bytea not null,                -- {attribute: [value, at, source, message id]}: the newest stands
  sku text,
  name text,
  brand text,
  category text,
  variant text,
  price numeric,
  currency text,
  url text,
  image_url text,
  first_at timestamptz not null,
  last_at timestamptz not null
);
create index product_by_sku on product (sku);

create table customer_order (
  number text primary key,
  anchor uuid,                         -- whose identity; null while only our own systems spoke of it
  state bytea not null,
  status text not null,
  placed_at timestamptz,
  promised_at timestamptz,
  shipped_at timestamptz,
  delivered_at timestamptz,
  cancelled_at timestamptz,
  returned_at timestamptz,
  total numeric,
  refunded numeric not null default 0,
  currency text,
  lines jsonb not null default '[]',   -- [{product, name, quantity, price, returned}]
  last_at timestamptz not null
);
create index customer_order_by_anchor on customer_order (anchor);
create index customer_order_by_last on customer_order (last_at desc);

-- What one identity's events said about one product.
create table interest (
  anchor uuid not null,
  product text not null,
  views bigint not null default 0,
  carts bigint not null default 0,
  wished boolean,
  wished_at timestamptz,
  rating numeric,
  rated_at timestamptz,
  registered_at timestamptz,
  serial text,
  last_at timestamptz not null,
  primary key (anchor, product)
);
