-- Which channel was told of which day. The row is made in the transaction that writes the message down, so that of
-- several nodes, and after a restart, one writes it.
create table alert_digest (
    tenant_id uuid not null,
    channel_id uuid not null,
    -- In the tenant's zone.
    day date not null,
    -- Up to where the summary reaches; the next one begins there.
    at timestamptz not null,
    -- False where the day was quiet and the channel does not hear of such.
    is_told boolean not null,
    primary key (tenant_id, channel_id, day),
    foreign key (tenant_id, channel_id) references alert_channel (tenant_id, id) on delete cascade
);
call protect_tenant_table('alert_digest');
