-- name: read_mapping
select name, phase from mapping

-- name: clear
truncate identity, edge, cut, identity_kind, facet, person, timeline, definition, segment_day, mapping, account
