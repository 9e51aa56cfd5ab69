-- What a run read and what its destination took, as sums of the records' hashes modulo 2^128, whatever their order.
alter table run add column source_sum numeric(39) not null default 0;
alter table run add column destination_sum numeric(39) not null default 0;

-- What the integration usually brings at this time, what that was learned from, and how many runs up to this one
-- brought nothing where something was usual. Null where nothing is known yet.
alter table run add column usual bigint;
alter table run add column usual_of text check (usual_of in ('Hour', 'Runs'));
alter table run add column quiet_runs int not null default 0;
