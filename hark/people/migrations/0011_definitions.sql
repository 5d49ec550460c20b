-- Which event defined it, and up to which identity everybody has been looked at since (in the order of their ids).
alter table definition add column event uuid not null, add column upto uuid;
