-- What other rooms and conditions may read of orders.
create or replace view order_glance as
select number, anchor, status, placed_at, promised_at, delivered_at, total, refunded, currency, last_at from customer_order;
