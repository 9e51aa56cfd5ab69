-- What waits for approval may also be a table that would be replaced by one with far fewer rows: rows says how many fewer
-- than the owned ones that the table has now.
alter table deletion add column replaces boolean not null default false;
create index deletion_replaces on deletion (tenant_id, sync_id) where replaces and state in ('Waiting', 'Approved');
