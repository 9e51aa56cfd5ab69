-- What the trail can take back, by the number of its entry. It goes when it was taken back.
create table audit_undo (
    tenant_id uuid not null references tenant (id) on delete cascade,
    entry bigint not null,
    -- The kind of thing in the trail's words: it knows the way back.
    kind text not null,
    subject uuid,
    step bigint,
    -- How it was before, where the thing itself keeps no steps.
    before jsonb,
    at timestamptz,
    by text,
    primary key (tenant_id, entry)
);
call protect_tenant_table('audit_undo');

-- Who looks after a cause, for what of it belongs to one tenant. Causes are found anew at every look; this is what people
-- said about them, until they are gone.
create table cause_care (
    tenant_id uuid not null references tenant (id) on delete cascade,
    part text not null,
    owner text,
    acknowledged_at timestamptz,
    acknowledged_by text,
    snoozed_until timestamptz,
    -- How bad it was then: when it gets worse, it wakes.
    snoozed_state text,
    -- Since when the cause was not found any more.
    missing_since timestamptz,
    -- It was gone for so long that it is over: what comes now is new.
    ended_at timestamptz,
    version int not null,
    primary key (tenant_id, part)
);
call protect_tenant_table('cause_care');
