-- Rows of all tenants are brought up to date below.
select set_config('app.scope', 'fleet', true);

-- How long a tenant's dead letters and what belongs to them are kept, and who stopped their removal. A null is the usual time.
create table tenant_keeping (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    waiting_days int check (waiting_days between 30 and 3650),
    closed_days int check (closed_days between 1 and 3650),
    attempt_days int check (attempt_days between 1 and 3650),
    group_days int check (group_days between 30 and 3650),
    replay_days int check (replay_days between 30 and 3650),
    -- Nothing goes before then: a time was shortened, a hold was lifted, or the console learnt to remove things.
    begins_at timestamptz,
    -- The legal hold.
    held_at timestamptz,
    held_by text,
    held_why text,
    version int not null,
    changed_at timestamptz not null,
    changed_by text not null
);
call protect_tenant_table('tenant_keeping');

-- Who has letters from before this has two weeks to look at them.
insert into tenant_keeping (tenant_id, begins_at, version, changed_at, changed_by) select id, now() + interval '14 days', 1, now(), 'the console' from tenant;

alter table dead_letter drop constraint dead_letter_state_check;
alter table dead_letter add constraint dead_letter_state_check check (state in ('Waiting', 'Queued', 'Replaying', 'Resolved', 'Superseded', 'Discarded', 'Expired'));
alter table dead_letter
    -- When it began to wait again, where that is not by a failure: taken back, given back by a replay, or corrected.
    add column back_at timestamptz,
    -- Since when it has no record, no correction and no answer any more.
    add column body_deleted_at timestamptz;

-- A group may be held, too: with its letters it stays, and for two weeks after its release.
alter table failure_group
    add column held_at timestamptz,
    add column held_by text,
    add column held_why text,
    add column released_at timestamptz;

select set_config('app.scope', '', true);

-- What is to go is found by its age.
create index dead_letter_closed_with_body on dead_letter (tenant_id, closed_at, id) where closed_at is not null and body_deleted_at is null;
create index dead_letter_without_body on dead_letter (tenant_id, closed_at) where body_deleted_at is not null;
create index dead_letter_attempt_repeated on dead_letter_attempt (tenant_id, at, letter_id, number) where number > 1;
create index failure_group_over on failure_group (tenant_id, last_seen) where state = 'Resolved' and merged_into is null;
create index failure_group_merged on failure_group (tenant_id, merged_into) where merged_into is not null;
create index replay_ended on replay (tenant_id, state_at) where state in ('Done', 'Cancelled');

-- A letter that goes takes its places in replays with it.
create index replay_item_of_letter on replay_item (tenant_id, letter_id);
