-- name: read_products
select id, state from product where id = any(%(ids)s::text[])

-- name: write_products
insert into product (id, state, sku, name, brand, category, variant, price, currency, url, image_url, first_at, last_at)
select id, decode(state, 'hex'), sku, name, brand, category, variant, price, currency, url, image_url, first_at, last_at
  from json_to_recordset(%(rows)s::json) as row (id text, state text, sku text, name text, brand text, category text,
       variant text, price numeric, currency text, url text, image_url text, first_at timestamptz, last_at timestamptz)
on conflict (id) do update
   set state = excluded.state, sku = excluded.sku, name = excluded.name, brand = excluded.brand,
       category = excluded.category, variant = excluded.variant, price = excluded.price, currency = excluded.currency,
       url = excluded.url, image_url = excluded.image_url, first_at = least(product.first_at, excluded.first_at),
       last_at = greatest(product.last_at, excluded.last_at)

-- name: read_orders
select number, state from customer_order where number = any(%(numbers)s::text[])

-- name: write_orders
insert into customer_order (number, anchor, state, status, placed_at, promised_at, shipped_at, delivered_at, cancelled_at,
                            returned_at, total, refunded, currency, lines, last_at)
select number, anchor, decode(state, 'hex'), status, placed_at, promised_at, shipped_at, delivered_at, cancelled_at,
       returned_at, total, refunded, currency, lines, last_at
  from json_to_recordset(%(rows)s::json) as row (number text, anchor uuid, state text, status text,
       placed_at timestamptz, promised_at timestamptz, shipped_at timestamptz, delivered_at timestamptz,
       cancelled_at timestamptz, returned_at timestamptz, total numeric, refunded numeric, currency text, lines jsonb,
       last_at timestamptz)
on conflict (number) do update
   set anchor = excluded.anchor, state = excluded.state, status = excluded.status, placed_at = excluded.placed_at,
       promised_at = excluded.promised_at, shipped_at = excluded.shipped_at, delivered_at = excluded.delivered_at,
       cancelled_at = excluded.cancelled_at, returned_at = excluded.returned_at, total = excluded.total,
       refunded = excluded.refunded, currency = excluded.currency, lines = excluded.lines, last_at = excluded.last_at

-- name: add_interests
-- Adds and keeps the newest in one statement, so nothing is read first.
insert into interest (anchor, product, views, carts, wished, wished_at, rating, rated_at, registered_at, serial, last_at)
select anchor, product, views, carts, wished, wished_at, rating, rated_at, registered_at, serial, last_at
  from json_to_recordset(%(rows)s::json) as row (anchor uuid, product text, views bigint, carts bigint, wished boolean,
       wished_at timestamptz, rating numeric, rated_at timestamptz, registered_at timestamptz, serial text,
       last_at timestamptz)
on conflict (anchor, product) do update
   set views = interest.views + excluded.views,
       carts = interest.carts + excluded.carts,
       wished = case when interest.wished_at is null
                       or (excluded.wished_at, excluded.wished) > (interest.wished_at, interest.wished)
                     then excluded.wished else interest.wished end,
       wished_at = greatest(interest.wished_at, excluded.wished_at),
       rating = case when interest.rated_at is null
                       or (excluded.rated_at, excluded.rating) > (interest.rated_at, interest.rating)
                     then excluded.rating else interest.rating end,
       rated_at = greatest(interest.rated_at, excluded.rated_at),
       registered_at = least(interest.registered_at, excluded.registered_at),
       serial = greatest(interest.serial, excluded.serial),
       last_at = greatest(interest.last_at, excluded.last_at)

-- name: clear
truncate product, customer_order, interest

-- name: orders_of
select number, status, placed_at, promised_at, shipped_at, delivered_at, cancelled_at, returned_at, total, refunded,
       currency, lines
  from customer_order where anchor = any(%(members)s::uuid[])
 order by coalesce(placed_at, last_at) desc, number limit %(limit)s

-- name: order_by_number
select o.number, o.status, o.placed_at, o.promised_at, o.shipped_at, o.delivered_at, o.cancelled_at, o.returned_at,
       o.total, o.refunded, o.currency, o.lines
  from customer_order o where o.number = %(number)s

-- name: bought_by
select o.number, coalesce(o.delivered_at, o.placed_at) as since, line ->> 'product' as product,
       line ->> 'name' as line_name, (line ->> 'quantity')::bigint - (line ->> 'returned')::bigint as quantity
  from customer_order o, jsonb_array_elements(o.lines) as line
 where o.anchor = any(%(members)s::uuid[]) and o.status not in ('cancelled', 'returned', 'refunded')
   and (line ->> 'quantity')::bigint > (line ->> 'returned')::bigint
 order by since desc nulls last, o.number

-- name: registered_by
select product, min(registered_at) as since, max(serial) as serial
  from interest where anchor = any(%(members)s::uuid[]) and registered_at is not null
 group by product

-- name: loved_by
-- Over all identities of a person: views add up, of wishes and ratings the newest stands.
select product, sum(views)::bigint as views, max(last_at) as last_at,
       coalesce((array_agg(wished order by wished_at desc nulls last))[1], false) as wished,
       (array_agg(rating order by rated_at desc nulls last))[1] as rating
  from interest where anchor = any(%(members)s::uuid[])
 group by product
having coalesce((array_agg(wished order by wished_at desc nulls last))[1], false)
    or sum(views) >= 3
    or (array_agg(rating order by rated_at desc nulls last))[1] >= 4
 order by wished desc, rating desc nulls last, views desc, product limit %(limit)s

-- name: products_by_id
select id, sku, name, brand, category, variant, price, currency, url, image_url from product where id = any(%(ids)s::text[])

-- name: list_products
select p.id, p.sku, p.name, p.brand, p.category, p.variant, p.price, p.currency, p.url, p.image_url
  from product p
 where %(search)s = '' or p.name ilike '%%' || %(search)s || '%%' or p.id = %(search)s or p.sku = %(search)s
 order by p.last_at desc, p.id limit %(limit)s

-- name: newest_orders
select number, anchor, status, placed_at, promised_at, shipped_at, delivered_at, cancelled_at, returned_at, total, refunded,
       currency, lines, last_at
  from customer_order
 where (%(status)s = '' or status = %(status)s) and (%(number)s = '' or number = %(number)s)
 order by last_at desc, number limit %(limit)s

-- name: order_figures
select status, count(*) as orders from customer_order group by status

-- name: product_figures
select p.id, count(distinct o.number) as orders, coalesce(sum((line ->> 'quantity')::bigint), 0)::bigint as sold,
       coalesce(sum((line ->> 'returned')::bigint), 0)::bigint as returned
  from product p
  left join (customer_order o cross join jsonb_array_elements(o.lines) as line) on line ->> 'product' = p.id
 where p.id = any(%(ids)s::text[])
 group by p.id
