-- Who gets a tenant's daily summary by a mail of their own, and at which hour of their day. Whether they may see the
-- tenant is asked when the summary is written, and again when it is sent.
create table digest_subscription (
    tenant_id uuid not null references tenant (id) on delete cascade,
    user_id uuid not null references access_user (id) on delete cascade,
    hour int not null check (hour between 0 and 23),
    time_zone text not null,
    on_quiet_days boolean not null,
    -- By which address this person reaches the console.
    console_address text not null,
    chosen_at timestamptz not null,
    primary key (tenant_id, user_id)
);
create index on digest_subscription (user_id);
call protect_tenant_table('digest_subscription');

-- Which person was told of which day; made with the message, as with channels. It stays when the subscription ends, so
-- that one who ends it and chooses it again is told no day twice.
create table digest_subscription_day (
    tenant_id uuid not null references tenant (id) on delete cascade,
    user_id uuid not null references access_user (id) on delete cascade,
    -- In the person's zone.
    day date not null,
    at timestamptz not null,
    is_told boolean not null,
    primary key (tenant_id, user_id, day)
);
create index on digest_subscription_day (user_id);
call protect_tenant_table('digest_subscription_day');

-- Who alone gets a message that goes over a channel's mail server; null for those whom the channel names.
alter table alert_notice add column user_id uuid references access_user (id) on delete cascade;
create index on alert_notice (user_id) where user_id is not null;
