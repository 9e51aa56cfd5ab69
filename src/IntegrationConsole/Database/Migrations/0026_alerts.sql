-- Where notices go, and when in the chain. What may be shown is in the settings; passwords, keys and addresses that
-- are secret are sealed.
create table alert_channel (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    name text not null,
    kind text not null check (kind in ('Email', 'Webhook', 'Slack', 'Teams')),
    settings jsonb not null,
    sealed bytea not null,
    least_severity text not null,
    after_minutes int not null check (after_minutes between 0 and 1440),
    working_hours_only boolean not null,
    is_on boolean not null,
    -- By which address the people reach the console who read what is sent here.
    console_address text not null,
    failures_in_a_row int not null default 0,
    last_sent_at timestamptz,
    last_failed_at timestamptz,
    last_problem text not null default '',
    changed_at timestamptz not null,
    version int not null,
    primary key (tenant_id, id)
);
create unique index on alert_channel (tenant_id, lower(name));
call protect_tenant_table('alert_channel');

-- What a tenant changed of a rule; what has no row here is as the template says.
create table alert_rule (
    tenant_id uuid not null references tenant (id) on delete cascade,
    template text not null,
    is_on boolean not null,
    worst_state text not null,
    after_minutes int not null check (after_minutes between 0 and 1440),
    severity text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    version int not null,
    primary key (tenant_id, template)
);
call protect_tenant_table('alert_rule');

create table alert_silence (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    -- A null matches everything.
    object_kind text,
    object_id uuid,
    rule text,
    cause text,
    owner text not null,
    reason text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    ended_by text,
    primary key (tenant_id, id)
);
create index on alert_silence (tenant_id, ends_at);
call protect_tenant_table('alert_silence');

-- Alerts with one root cause: one message names them all.
create table incident (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    root_kind text not null,
    root_id uuid not null,
    root_name text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    closing text not null default '',
    primary key (tenant_id, id)
);
create unique index incident_open on incident (tenant_id, root_kind, root_id) where closed_at is null;
create index on incident (tenant_id, closed_at);
call protect_tenant_table('incident');

create table alert (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    incident_id uuid,
    object_kind text not null,
    object_id uuid not null,
    object_name text not null,
    rule text not null,
    -- The class of what failed; empty where the rule says enough.
    cause text not null,
    severity text not null,
    state text not null check (state in ('Pending', 'Firing', 'Acknowledged', 'Resolved')),
    overlay text not null default 'None',
    overlay_reason text not null default '',
    -- Moments in it are kept as such and put in words when it is read.
    reason text not null,
    heals_itself boolean not null,
    evidence_kind text not null,
    evidence_id uuid,
    -- Looks in a row at which it was there, and at which it was not.
    seen int not null,
    missed int not null,
    pending_since timestamptz not null,
    fired_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text not null default '',
    assigned_to text not null default '',
    resolved_at timestamptz,
    resolved_by text not null default '',
    resolution text not null default '',
    primary key (tenant_id, id),
    foreign key (tenant_id, incident_id) references incident (tenant_id, id) on delete cascade
);
create unique index alert_active on alert (tenant_id, object_kind, object_id, rule, cause) where state <> 'Resolved';
create index on alert (tenant_id, resolved_at, id) where state = 'Resolved';
create index on alert (tenant_id, incident_id);
call protect_tenant_table('alert');

-- What a channel was told last of an incident, and what was held back from it since.
create table alert_route (
    tenant_id uuid not null,
    incident_id uuid not null,
    channel_id uuid not null,
    told_at timestamptz,
    told text not null,
    held text not null default '',
    held_back int not null default 0,
    primary key (tenant_id, incident_id, channel_id),
    foreign key (tenant_id, incident_id) references incident (tenant_id, id) on delete cascade,
    foreign key (tenant_id, channel_id) references alert_channel (tenant_id, id) on delete cascade
);
call protect_tenant_table('alert_route');

-- One message to one channel. Written first, in the transaction that decides about it; its id is the message's own, so
-- that a receiver knows one that comes a second time after a crash.
create table alert_notice (
    tenant_id uuid not null,
    id uuid not null,
    channel_id uuid not null,
    incident_id uuid,
    root_kind text,
    root_id uuid,
    kind text not null,
    subject text not null,
    message jsonb not null,
    state text not null check (state in ('Due', 'Sent', 'Failed')),
    tries int not null default 0,
    created_at timestamptz not null,
    due_at timestamptz not null,
    lease_until timestamptz,
    finished_at timestamptz,
    problem text not null default '',
    primary key (tenant_id, id),
    foreign key (tenant_id, channel_id) references alert_channel (tenant_id, id) on delete cascade
);
create index alert_notice_due on alert_notice (due_at) where state = 'Due';
create index on alert_notice (tenant_id, created_at);
create index on alert_notice (tenant_id, channel_id, created_at);
call protect_tenant_table('alert_notice');

create table alert_evaluation (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    evaluated_at timestamptz not null
);
call protect_tenant_table('alert_evaluation');

-- What the reason is about: rules are tried on what was.
alter table health_transition add column dimension text;
