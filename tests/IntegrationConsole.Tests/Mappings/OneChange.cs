using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

/// <summary>A part of a mapping with each of its properties changed alone: what is added to it later is held to the same tests.</summary>
internal static class OneChange
{
    private static readonly FieldRule Rule = new()
    {
        Name = "city", Source = "city", Lookup = "cities", Format = "f", Culture = "de-DE", TimeZone = "Europe/Berlin", Rounding = Rounding.HalfUp, Decimals = 1, MaxLength = 20,
        Values = new Dictionary<string, string> { ["B"] = "Bonn" },
    };

    private static readonly FieldRule Number = new() { Name = "number", Source = "index" };
    private static readonly ChildTable Child = new() { Stream = "lines", List = "lines", Fields = [Rule, Number], KeyFields = ["number"] };

    /// <summary>A mapping in which every property means something, whether or not they go together.</summary>
    public static readonly MappingDocument Whole = new([Rule], [new RecordCondition("status", ConditionOperator.Equals, "paid")]) { InputSchema = "{}", OutputSchema = "{}", Children = [Child] };

    /// <summary>That mapping with one property changed: of itself, of a field, of a condition, of a child table or of a child's field.</summary>
    public static IEnumerable<(string What, MappingDocument Changed)> OfAllParts() =>
    [
        .. Of(Whole).Select(change => ($"of the mapping, {change.Property}", change.Changed)),
        .. Of(Rule).Select(change => ($"of a field, {change.Property}", Whole with { Fields = [change.Changed] })),
        .. Of(Whole.Conditions[0]).Select(change => ($"of a condition, {change.Property}", Whole with { Conditions = [change.Changed] })),
        .. Of(Child).Select(change => ($"of a child table, {change.Property}", Whole with { Children = [change.Changed] })),
        .. Of(Rule).Select(change => ($"of a child's field, {change.Property}", Whole with { Children = [Child with { Fields = [change.Changed, Number] }] })),
    ];

    public static IEnumerable<(string Property, T Changed)> Of<T>(T part)
        where T : notnull
    {
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            var changed = (T)typeof(T).GetMethod("<Clone>$")!.Invoke(part, null)!;
            property.SetValue(changed, Other(property.PropertyType, property.GetValue(part)));
            yield return (property.Name, changed);
        }
    }

    private static object Other(Type type, object? value) => value switch
    {
        string text => text.Length > 0 ? "" : "other",
        bool yes => !yes,
        int number => number + 1,
        Enum => Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value)),
        IReadOnlyList<string> texts => texts.Append("other").ToList(),
        IReadOnlyList<FieldRule> rules => rules.Append(new FieldRule { Name = "other", Source = "other" }).ToList(),
        IReadOnlyList<RecordCondition> conditions => conditions.Append(new RecordCondition("other", ConditionOperator.Present, "")).ToList(),
        IReadOnlyList<ChildTable> children => children.Append(new ChildTable { Stream = "other", List = "others", Fields = [new FieldRule { Name = "other", Source = "item" }], KeyFields = ["other"] }).ToList(),
        null when type == typeof(IReadOnlyDictionary<string, string>) => new Dictionary<string, string> { ["A"] = "active" },
        IReadOnlyDictionary<string, string> entries => entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value} again"),
        _ => throw new NotSupportedException($"Say here how a {type.Name} is changed."),
    };
}
