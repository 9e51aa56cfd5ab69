-- Failures that are the same one, of one integration. Its id is made of its fingerprint, so that nodes need not agree on it.
create table failure_group (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    -- The fingerprint without tenant and integration: the same failure elsewhere has the same one.
    pattern uuid not null,
    algorithm int not null,
    cause text not null,
    stage text not null check (stage in ('Read', 'Map', 'Write')),
    code text not null,
    field text not null,
    -- What happened, with placeholders where values were; the template has one for the system's name as well.
    title text not null,
    template text not null,
    state text not null check (state in ('Open', 'Acknowledged', 'Snoozed', 'Resolved')),
    state_since timestamptz not null,
    state_by text not null,
    state_reason text not null,
    owner text,
    -- What a snoozed group waits for; it wakes at the first of them.
    snooze_until timestamptz,
    snooze_seen bigint,
    snooze_version int,
    snooze_connection_id uuid,
    -- Resolved as fixed in this mapping version: a failure in an older one says nothing.
    resolved_version int,
    regressed_at timestamptz,
    regressed_version int,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    first_version int,
    last_version int,
    -- Failures since the group began, repeated ones too.
    seen bigint not null,
    merged_into uuid,
    rule_id uuid,
    -- The value by which a rule took these apart, sealed: it is a record's.
    split_value bytea,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on failure_group (tenant_id, sync_id);
create index on failure_group (pattern, tenant_id);
create index failure_group_asleep on failure_group (tenant_id, id) where state = 'Snoozed';
call protect_tenant_table('failure_group');

create table failure_group_activity (
    tenant_id uuid not null,
    group_id uuid not null,
    seq bigint generated always as identity,
    at timestamptz not null,
    actor text not null,
    kind text not null,
    detail text not null,
    -- How the group was before, and its version behind it, where the step can be taken back.
    before jsonb,
    after_version int,
    primary key (tenant_id, group_id, seq),
    foreign key (tenant_id, group_id) references failure_group (tenant_id, id) on delete cascade
);
call protect_tenant_table('failure_group_activity');

-- What people decided about where failures belong; applied in the order in which the rules were made.
create table group_rule (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    kind text not null check (kind in ('Gather', 'Split')),
    name text not null,
    cause text,
    -- Found in the sentence; empty for all.
    text text not null,
    -- The failing field of what is gathered; the group that is taken apart, and the place in the record by whose value.
    field text not null,
    group_id uuid,
    path text not null,
    created_at timestamptz not null,
    created_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on group_rule (tenant_id, sync_id);
call protect_tenant_table('group_rule');

-- Letters from before this have none until the console has found it; what waits behind another has none at all.
alter table dead_letter add column group_id uuid;
create index on dead_letter (tenant_id, group_id, state, last_failed_at desc, id desc);
create index dead_letter_without_group on dead_letter (tenant_id, id) where group_id is null and cause <> 'Held';
