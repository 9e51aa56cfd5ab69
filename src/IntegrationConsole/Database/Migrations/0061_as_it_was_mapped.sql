-- The rows that the last try made of a record, sealed, where the destination did not take them: a replay may send them as
-- they were. Null for what was not mapped, for what was corrected since, and for records that make a row together.
alter table dead_letter add column mapped bytea;

alter table replay
    -- Which letters go as they were mapped then; the others are mapped again.
    add column origin text not null default 'Record' check (origin in ('Record', 'Mapped', 'ByCause')),
    -- Of those, letters of which no rows are kept are mapped again all the same: somebody said so.
    add column maps_rest boolean not null default false,
    -- So many calls at the same time to a destination that takes calls; 0 for as many as its connection makes.
    add column parallel int not null default 0 check (parallel between 0 and 16);

-- Of the calls, those of replays.
alter table connection_minute add column replay_calls bigint not null default 0;
