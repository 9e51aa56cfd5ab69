-- Rows that are sent by one batch, as one row here: the intent that is on disk before a call goes out. Where rows have a
-- key, it is removed with their answers, which are entered in send_ledger, one for each key. Where they have none, nothing
-- but the run's own later attempts and its letters asks for them: it stays, and the answers are entered in it.
create table send_parcel (
    tenant_id uuid not null,
    sync_id uuid not null,
    id uuid not null,
    stream text collate "C" not null,
    run_id uuid not null,
    attempt int not null,
    -- Of rows without a key: which places of the run's records they have; null where rows have keys.
    first_place bigint,
    last_place bigint,
    -- Keys, or places: as many as there are rows, like everything that follows.
    record_keys text[] collate "C" not null,
    revisions int[] not null,
    -- Keyed hashes and idempotency keys, of 16 bytes each, one behind the other.
    contents bytea not null,
    calls bytea not null,
    -- S for sent and not answered, T for taken, R for refused; null while the calls are under way.
    states text collate "C",
    -- One for all, where they are the same.
    statuses text[] not null default '{}',
    remote_ids text[] not null default '{}',
    sent_at timestamptz not null,
    answered_at timestamptz,
    used_on date not null,
    primary key (tenant_id, sync_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
-- Hashes do not get smaller by being compressed.
alter table send_parcel alter column contents set storage external;
create index on send_parcel (tenant_id, sync_id) where first_place is null;
create index on send_parcel (tenant_id, sync_id, run_id, first_place) where first_place is not null;
create index on send_parcel (used_on);
call protect_tenant_table('send_parcel');

-- An entry is written once, with its answer, and again only when its record is sent again.
alter table send_ledger set (fillfactor = 85);
