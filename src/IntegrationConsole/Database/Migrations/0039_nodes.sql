-- Nodes that somebody told to take nothing up, by name: they know it again after a restart. The row stays when it is
-- over: what a node met before somebody woke it is no evidence against it any more.
create table node_standby (
    node text primary key,
    since timestamptz not null,
    asked_by text not null,
    reason text not null,
    ended_at timestamptz,
    ended_by text
);

-- What kind of failure opened a circuit: only want of an answer may be a node's own network.
alter table circuit_event add column cause text;

-- A node that got no answer leaves the run that is to try again to other nodes first.
alter table run add column left_by text, add column left_until timestamptz;
