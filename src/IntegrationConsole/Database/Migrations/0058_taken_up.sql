-- How far an integration's run has taken up the letters of a replay: of its letters in the queue those up to here are on
-- the line. One row moves, instead of two for each letter.
create table replay_taken (
    tenant_id uuid not null,
    replay_id uuid not null,
    sync_id uuid not null,
    -- Which attempt of which run; nobody else moves it on.
    taken_by text not null,
    stage int not null default 0,
    turn bigint not null default 0,
    primary key (tenant_id, replay_id, sync_id),
    foreign key (tenant_id, replay_id) references replay (tenant_id, id) on delete cascade,
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
call protect_tenant_table('replay_taken');

-- Every letter that is closed, and every one of a replay, pays for the indexes that hold it: these hold what is asked for.
drop index dead_letter_tenant_id_cause_state_last_failed_at_id_idx;
create index dead_letter_open_of_cause on dead_letter (tenant_id, cause, last_failed_at desc, id desc) where state in ('Waiting', 'Queued', 'Replaying');
drop index replay_item_tenant_id_replay_id_sync_id_state_idx;
create index replay_item_failed on replay_item (tenant_id, replay_id) where state = 'Failed';
create index replay_item_claimed on replay_item (tenant_id, replay_id, sync_id) where state = 'Claimed';
