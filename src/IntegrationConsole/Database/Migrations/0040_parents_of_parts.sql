-- A part of a run that is cut by what its stream stands below: the parents' ids, each as JSON. Kept with the part, so
-- that whoever takes it up reads the same ones.
alter table run add column parent_list text[];
