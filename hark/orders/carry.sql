-- name: orders_of
select number, status, placed_at, promised_at, shipped_at, delivered_at, cancelled_at, returned_at, total, refunded, currency,
       lines
  from customer_order where anchor = any(%(ids)s::uuid[]) order by placed_at nulls last, number

-- name: interests_of
select i.product, p.name, i.views, i.carts, i.wished, i.rating, i.registered_at, i.serial, i.last_at
  from interest i left join product p on p.id = i.product
 where i.anchor = any(%(ids)s::uuid[]) order by i.last_at

-- name: forget_orders
delete from customer_order where anchor = any(%(ids)s::uuid[])

-- name: forget_interests
delete from interest where anchor = any(%(ids)s::uuid[])
