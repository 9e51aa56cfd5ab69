-- Runs that go beside the usual ones of a sync, and do not move its cursor: replays, and reads of a range of its own.
alter table run drop constraint run_trigger_check;
alter table run add constraint run_trigger_check check (trigger in ('Schedule', 'Manual', 'Replay', 'Command', 'Backfill', 'Approval'));

-- The cursor values between which a backfill reads; the second is not included.
alter table run add column range_from text;
alter table run add column range_to text;
alter table run add column beside boolean not null generated always as (trigger in ('Replay', 'Backfill', 'Approval')) stored;

drop index run_one_at_a_time;
drop index run_one_waiting;
drop index run_one_replay_at_a_time;
drop index run_last_ended;
drop index run_last_good;
create unique index run_one_at_a_time on run (tenant_id, sync_id) where state = 'Running' and not beside;
create unique index run_one_waiting on run (tenant_id, sync_id) where state = 'Queued' and not beside;
create unique index run_one_beside_at_a_time on run (tenant_id, sync_id) where state = 'Running' and beside;
create index run_last_ended on run (tenant_id, sync_id, finished_at) where state in ('Succeeded', 'Partial', 'Failed') and not beside;
create index run_last_good on run (tenant_id, sync_id, finished_at) where state in ('Succeeded', 'Partial') and not beside;
