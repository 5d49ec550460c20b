-- The fold of all facets of a person who has several: so that an event reads one row and its own facet, however many
-- devices they have.
alter table person add column whole bytea;
