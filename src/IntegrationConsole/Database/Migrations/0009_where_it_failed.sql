-- Where on the line a run failed: the source, the mapping or the destination. Unknown for the runs before this.
alter table run add column stage text check (stage in ('Read', 'Map', 'Write'));

-- Where in the source a record stands that has no key of its own, such as "Line 17 of orders.csv".
alter table dead_letter add column place text not null default '';
