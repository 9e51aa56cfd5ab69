-- A sync may run when something arrives for it, besides its schedule.
alter table sync_definition add column on_arrival boolean not null default false;

-- Up to which delivery a run was called.
alter table sync_definition add column arrival_seq bigint not null default 0;
create index sync_definition_on_arrival on sync_definition (tenant_id, source_stream) where on_arrival and deleted_at is null;

alter table run drop constraint run_trigger_check;
alter table run add constraint run_trigger_check check (trigger in ('Schedule', 'Manual', 'Replay', 'Command', 'Backfill', 'Approval', 'Arrival'));
