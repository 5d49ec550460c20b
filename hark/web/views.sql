-- What other rooms may read of members: never how they get in.
create or replace view member_glance as select id, name, email, role, language, time_zone, seen_at from member;
