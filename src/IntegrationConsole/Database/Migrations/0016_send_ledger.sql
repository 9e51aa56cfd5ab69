-- What was sent to destinations that take records by calls, and what came back: never what the records hold. An intent
-- is written before a call and its answer after it, so that a stop in between leaves a row without an answer.
create table send_ledger (
    tenant_id uuid not null,
    sync_id uuid not null,
    stream text collate "C" not null,
    -- The record's business key; where it has none, the run that brought it and its place there.
    record_key text collate "C" not null,
    -- Counts what was sent for this key: a state that comes back is another call than the one it had before.
    revision int not null,
    -- Keyed hash: tells whether the same content comes again, and nothing else.
    content bytea not null,
    -- The idempotency key of the call.
    call bytea not null,
    state text not null check (state in ('Sent', 'Taken', 'Refused')),
    status text not null,
    remote_id text not null,
    run_id uuid not null,
    sent_at timestamptz not null,
    answered_at timestamptz,
    -- A day and not a moment, so that a record that is only recognised is not written anew each time.
    used_on date not null,
    primary key (tenant_id, sync_id, stream, record_key),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
) with (fillfactor = 80);
create index on send_ledger (used_on);
call protect_tenant_table('send_ledger');
