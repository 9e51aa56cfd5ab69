namespace IntegrationConsole.Mappings;

/// <summary>Says in words what is otherwise about a mapping's record key, split, group and child tables.</summary>
internal static class StructureDiff
{
    public static IEnumerable<string> Between(MappingDocument before, MappingDocument after)
    {
        if (before.Key != after.Key)
        {
            yield return after.Key.Length > 0 ? $"records are known by {after.Key}" : "records are known by the key fields again";
        }

        if (before.Split != after.Split)
        {
            yield return after.Split.Length > 0 ? $"each item of {after.Split} makes a row" : "records are no longer split: each makes one row";
        }

        if (before.Group != after.Group)
        {
            yield return after.Group.Length > 0 ? $"records of a batch with the same {after.Group} make one row" : "records are no longer gathered: each makes a row";
        }

        var old = before.Children.GroupBy(child => child.Stream).ToDictionary(group => group.Key, group => group.First());
        foreach (var child in after.Children)
        {
            if (!old.Remove(child.Stream, out var known))
            {
                yield return $"{child.Stream} is a new child table: each item of {child.List} makes a row of it";
                continue;
            }

            foreach (var change in Child(known, child))
            {
                yield return $"{child.Stream}: {change}";
            }
        }

        foreach (var gone in old.Keys)
        {
            yield return $"{gone} is no longer filled; its rows stay";
        }
    }

    private static IEnumerable<string> Child(ChildTable before, ChildTable after)
    {
        if (before.List != after.List)
        {
            yield return $"its rows are now made of {after.List} instead of {before.List}";
        }

        if (!before.KeyFields.SequenceEqual(after.KeyFields))
        {
            yield return $"its key is now {string.Join(", ", after.KeyFields)} instead of {string.Join(", ", before.KeyFields)}";
        }

        foreach (var change in MappingDiff.Between(new MappingDocument(before.Fields, []), new MappingDocument(after.Fields, [])))
        {
            yield return change;
        }
    }
}
