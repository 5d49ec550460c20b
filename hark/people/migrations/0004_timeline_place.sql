-- Rows are written in the log's order, so a tiny index finds those of a stretch of the log.
create index timeline_by_position on timeline using brin (position) with (pages_per_range = 16, autosummarize = on);
