-- A record that makes rows of several streams by calls: where a later one is refused, what was made before is taken back.
alter table send_ledger drop constraint send_ledger_state_check;
alter table send_ledger add constraint send_ledger_state_check check (state in ('Sent', 'Taken', 'Refused', 'TakingBack', 'TakenBack'));
-- It was made by a write of several steps that has not come to its end: what may be taken back is this and nothing else.
alter table send_ledger add column is_step boolean not null default false;

-- What such a write did and undid, shown with the letter of its record.
create table write_step (
    tenant_id uuid not null,
    id bigint generated always as identity,
    sync_id uuid not null,
    -- As the letter has it.
    record_key text collate "C" not null,
    run_id uuid not null,
    at timestamptz not null,
    stream text collate "C" not null,
    kind text not null check (kind in ('Made', 'Refused', 'TakingBack', 'TakenBack', 'Stands')),
    remote_id text not null,
    sentence text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on write_step (tenant_id, sync_id, record_key);
create index on write_step (at);
call protect_tenant_table('write_step');
