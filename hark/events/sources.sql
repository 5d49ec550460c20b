-- name: add_source
insert into source (id, name, write_key, plugin, channel, settings)
values (%(id)s, %(name)s, %(write_key)s, %(plugin)s, %(channel)s, %(settings)s)
returning id, name, write_key, plugin, channel, paused, settings

-- name: all_sources
select id, name, write_key, plugin, channel, paused, settings from source order by name

-- name: source_by_key
select id, name, write_key, plugin, channel, paused, settings from source where write_key = %(write_key)s

-- name: source_by_name
select id, name, write_key, plugin, channel, paused, settings from source where name = %(name)s

-- name: pause
update source set paused = %(paused)s where id = %(id)s

-- name: release_held
update raw set state = 0 where source = %(source)s and state = 3

-- name: source_by_id
select id, name, write_key, plugin, channel, paused, settings from source where id = %(id)s

-- name: change_source
update source set name = %(name)s, channel = %(channel)s where id = %(id)s

-- name: rotate
update source set write_key = %(write_key)s where id = %(id)s

-- name: set_settings
update source set settings = %(settings)s where id = %(id)s
