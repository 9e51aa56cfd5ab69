using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>Checks the parts of a mapping that make of a record other than one row: its key, split, group and child tables.</summary>
internal sealed class StructureRules(MappingDocument document, IReadOnlyCollection<string> lookups, List<MappingProblem> problems)
{
    private const int MostChildren = 10;

    private static readonly IReadOnlyList<string> ItemView = [ViewPaths.Record, ViewPaths.Item, ViewPaths.Index];
    private static readonly IReadOnlyList<string> GroupView = [GroupRows.Key, GroupRows.Records];

    public void Check()
    {
        CheckText(MappingRules.KeyPart, "Record key", document.Key);
        CheckText(MappingRules.SplitPart, "Split", document.Split);
        CheckText(MappingRules.GroupPart, "Group", document.Group);
        if (document.Split.Length > 0 && document.Group.Length > 0)
        {
            Add(MappingRules.GroupPart, "A mapping splits records or gathers them, not both: empty one of the two.");
        }
        else if (document.Key.Length == 0 && (document.Split.Length > 0 || document.Group.Length > 0))
        {
            // The rows' own keys do not say which record they came from, and a record that fails must be known again.
            Add(MappingRules.KeyPart, "Say what identifies a record of the source: the rows it becomes cannot.");
        }

        var view = document.Split.Length > 0 ? ItemView : document.Group.Length > 0 ? GroupView : [];
        for (var index = 0; index < document.Fields.Count; index++)
        {
            CheckView(document.Fields[index], view, (part, sentence) => problems.Add(new(index, part, sentence)));
        }

        if (document.Split.Length > 0)
        {
            CheckConditions();
        }

        CheckChildren();
    }

    private void CheckConditions()
    {
        for (var index = 0; index < document.Conditions.Count; index++)
        {
            if (SourcePath.Parse(document.Conditions[index].Path).Path is { } path && !ItemView.Contains(path.Steps[0].Name))
            {
                Add($"conditions[{index}]", $"Condition {index + 1}: {Begin(ItemView)}");
            }
        }
    }

    private void CheckChildren()
    {
        if (document.Children.Count == 0)
        {
            return;
        }

        if (document.Split.Length > 0 || document.Group.Length > 0)
        {
            Add("children", "Child tables go with records that make one row: empty the split and the group, or remove the tables.");
        }

        if (document.Children.Count > MostChildren)
        {
            Add("children", $"A mapping has at most {MostChildren} child tables.");
        }

        for (var index = 0; index < document.Children.Count; index++)
        {
            CheckChild(document.Children[index], MappingRules.ChildPart(index));
        }

        foreach (var twice in document.Children.GroupBy(child => child.Stream).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            Add("children", $"{twice.Key} is filled by two child tables: remove one of the two.");
        }
    }

    private void CheckChild(ChildTable child, string part)
    {
        if (child.Stream.Trim().Length == 0)
        {
            Add($"{part}.stream", "Name the destination's table.");
        }

        CheckText($"{part}.list", "List", child.List.Length > 0 ? child.List : " ");
        if (child.KeyFields.Count == 0)
        {
            Add($"{part}.keyFields", "Name the fields that identify a row: what is written again must find it.");
        }
        else if (child.KeyFields.FirstOrDefault(key => child.Fields.All(rule => rule.Name != key)) is { } missing)
        {
            Add($"{part}.keyFields", $"{missing} is part of the key, and no field makes it.");
        }

        if (child.Fields.Count == 0)
        {
            Add($"{part}.fields", "Add at least one field.");
        }

        var found = new List<MappingProblem>();
        var names = new HashSet<string>();
        for (var index = 0; index < child.Fields.Count; index++)
        {
            MappingRules.CheckField(index, child.Fields[index], names, lookups, found);
            CheckView(child.Fields[index], ItemView, (inner, sentence) => found.Add(new(index, inner, sentence)));
        }

        problems.AddRange(found.Select(problem => new MappingProblem(-1, $"{part}.fields[{problem.Field}].{problem.Part}", problem.Sentence)));
    }

    /// <summary>A path into what the rules do not see would never find anything.</summary>
    private static void CheckView(FieldRule rule, IReadOnlyList<string> view, Action<string, string> add)
    {
        if (view.Count == 0)
        {
            return;
        }

        var paths = new PathRoots();
        if (rule.Origin is ValueOrigin.Path && SourcePath.Parse(rule.Source).Path is { } path)
        {
            paths.Add(path);
        }
        else if (rule.Origin is ValueOrigin.Template)
        {
            Template.Parse(rule.Source, paths);
        }

        if (paths.Names.Any(name => !view.Contains(name)))
        {
            add(nameof(FieldRule.Source), Begin(view));
        }
    }

    private static string Begin(IReadOnlyList<string> view) => view == ItemView
        ? "Begin the path with item, record or index: item.sku is of the item, record.id of the record around it."
        : "Begin the path with key or records: records[0].id is of the group's first record.";

    private void CheckText(string part, string name, string text)
    {
        if (text.Length > 0 && MappingRules.ExpressionProblem(text, lookups) is { Length: > 0 } problem)
        {
            Add(part, $"{name}: {problem}");
        }
    }

    private void Add(string part, string sentence) => problems.Add(new(-1, part, sentence));

    /// <summary>Gathers how paths begin.</summary>
    private sealed class PathRoots : IPathSlots
    {
        public HashSet<string?> Names { get; } = [];

        public int Add(SourcePath path)
        {
            Names.Add(path.Steps[0].Name);
            return 0;
        }
    }
}
