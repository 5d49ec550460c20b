-- Finding people by what their name or address is like.
create extension if not exists pg_trgm;

-- The words by which people look for somebody.
create function person_words(traits jsonb) returns text language sql immutable parallel safe as $$
  select nullif(lower(trim(concat_ws(' ', traits->>'name', traits->>'first_name', traits->>'last_name',
                                     traits->>'firstName', traits->>'lastName', traits->>'company'))), '')
$$;
create index person_by_words on person using gin (person_words(traits) gin_trgm_ops)
 where person_words(traits) is not null;
create index identity_by_letters on identity using gin (value gin_trgm_ops) where kind = 'email';
