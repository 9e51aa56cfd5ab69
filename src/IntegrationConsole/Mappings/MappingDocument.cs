using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings;

/// <summary>Where a destination field's value comes from.</summary>
public enum ValueOrigin
{
    /// <summary>One value of the record, by its path.</summary>
    Path,

    /// <summary>The same for every record.</summary>
    Constant,

    /// <summary>Text with values of the record in it, such as <c>{firstName} {lastName}</c>.</summary>
    Template,

    /// <summary>What a JSONata expression makes of the record.</summary>
    Expression,
}

public enum LetterCase
{
    AsItIs,
    Upper,
    Lower,
}

/// <summary>What becomes of a value that the lookup table does not hold.</summary>
public enum LookupMiss
{
    Reject,
    KeepValue,
    Empty,
}

/// <summary>How a number with too many decimal places becomes one with fewer.</summary>
public enum Rounding
{
    /// <summary>Not at all: an integer field refuses what is not whole, a decimal field keeps all digits.</summary>
    None,

    /// <summary>To the nearest; a half goes away from zero, as invoices do.</summary>
    HalfUp,

    /// <summary>To the nearest; a half goes to the even digit, as statistics do.</summary>
    HalfEven,

    /// <summary>Towards zero.</summary>
    Down,

    /// <summary>Away from zero.</summary>
    Up,
}

/// <summary>What becomes of a field whose value cannot be made.</summary>
public enum FieldErrorRule
{
    /// <summary>The record is set aside.</summary>
    Reject,

    /// <summary>The record goes on with no value here.</summary>
    Empty,

    /// <summary>The record goes on with the default here.</summary>
    Default,
}

public enum ConditionOperator
{
    Equals,
    NotEquals,
    Present,
    Missing,
}

/// <summary>How one field of the destination is made.</summary>
public sealed record FieldRule
{
    /// <summary>The destination's field.</summary>
    public required string Name { get; init; }

    public FieldType Type { get; init; }

    public ValueOrigin Origin { get; init; }

    /// <summary>The path, the constant, the template or the expression, as the origin says.</summary>
    public string Source { get; init; } = "";

    public bool Trim { get; init; }

    public LetterCase Case { get; init; }

    /// <summary>The lookup table that the text goes through; empty for none.</summary>
    public string Lookup { get; init; } = "";

    /// <summary>
    /// What comes and what it becomes, such as <c>A</c> and <c>active</c>: a lookup table of this one field, in place of one of
    /// the tenant's; null for none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    /// <summary>What becomes of a value that the lookup table, or <see cref="Values"/>, does not hold.</summary>
    public LookupMiss LookupMiss { get; init; }

    /// <summary>
    /// For dates and timestamps a .NET format such as <c>dd.MM.yyyy HH:mm</c>, <c>unix</c> or <c>unixms</c>; for yes/no
    /// the two texts, such as <c>Y|N</c>. Empty for the usual forms.
    /// </summary>
    public string Format { get; init; } = "";

    /// <summary>How numbers and dates are written, such as <c>de-DE</c>; empty for the international way.</summary>
    public string Culture { get; init; } = "";

    /// <summary>The zone of times that carry none, such as <c>Europe/Berlin</c>; empty for UTC.</summary>
    public string TimeZone { get; init; } = "";

    public Rounding Rounding { get; init; }

    /// <summary>To how many places after the point is rounded, 0 to 28; 0 for integers. Means nothing where nothing is rounded.</summary>
    public int Decimals { get; init; }

    /// <summary>The most characters (Unicode code points) that a text may have; 0 for any number.</summary>
    public int MaxLength { get; init; }

    /// <summary>A text that is too long loses its end; otherwise it is refused.</summary>
    public bool CutOff { get; init; }

    /// <summary>Taken where the record has no value; empty for none.</summary>
    public string Default { get; init; } = "";

    public bool Required { get; init; }

    public FieldErrorRule OnError { get; init; }

    /// <summary>The same rule for another type, without what means nothing there: what no page shows, nobody could correct.</summary>
    public FieldRule As(FieldType type) => this with
    {
        Type = type,
        Format = type == Type || (type is FieldType.Date or FieldType.Timestamp && Type is FieldType.Date or FieldType.Timestamp) ? Format : "",
        Culture = type is FieldType.Integer or FieldType.Decimal or FieldType.Date or FieldType.Timestamp ? Culture : "",
        TimeZone = type is FieldType.Date or FieldType.Timestamp ? TimeZone : "",
        Rounding = type is FieldType.Integer or FieldType.Decimal ? Rounding : Rounding.None,
        Decimals = type is FieldType.Decimal ? Decimals : 0,
        MaxLength = type is FieldType.String ? MaxLength : 0,
        CutOff = type is FieldType.String && CutOff,
    };

    /// <summary>The same rule with a value from elsewhere.</summary>
    public FieldRule From(ValueOrigin origin) => this with
    {
        Origin = origin,
        Lookup = origin is ValueOrigin.Constant ? "" : Lookup,
        Values = origin is ValueOrigin.Constant ? null : Values,
    };
}

/// <summary>A condition that a record must meet to be written at all.</summary>
public sealed record RecordCondition(string Path, ConditionOperator Operator, string Value);

/// <summary>The rules from a source stream to a destination stream: what a mapping's version holds.</summary>
/// <param name="Fields">One for each destination field.</param>
/// <param name="Conditions">Records that do not meet all of them are filtered out.</param>
public sealed record MappingDocument(IReadOnlyList<FieldRule> Fields, IReadOnlyList<RecordCondition> Conditions)
{
    /// <summary>A JSONata expression that a record must meet as well; empty where the conditions are enough.</summary>
    public string Filter { get; init; } = "";

    /// <summary>A JSON Schema for what the source sends; empty where nothing was agreed.</summary>
    public string InputSchema { get; init; } = "";

    public MisfitRule InputMisfit { get; init; }

    /// <summary>A JSON Schema for the rows that the destination takes, as objects by field; empty where nothing was agreed.</summary>
    public string OutputSchema { get; init; } = "";

    public MisfitRule OutputMisfit { get; init; }

    /// <summary>A path or an expression that names the record, in place of the key that the sync's key fields make; empty for that one.</summary>
    public string Key { get; init; } = "";

    /// <summary>A path or an expression that gives a list: each of its items makes a row. Empty for one row from each record.</summary>
    public string Split { get; init; } = "";

    /// <summary>A path or an expression by whose value the records of a batch are gathered: each group makes one row. Empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Lists in the record whose items go to tables of their own.</summary>
    public IReadOnlyList<ChildTable> Children { get; init; } = [];

    /// <summary>The rules of the rows and of the child tables' rows.</summary>
    [JsonIgnore]
    public IEnumerable<FieldRule> AllFields => Fields.Concat(Children.SelectMany(child => child.Fields));

    /// <summary>The texts of all expressions in it.</summary>
    [JsonIgnore]
    public IEnumerable<string> Expressions => AllFields.Where(rule => rule.Origin is ValueOrigin.Expression).Select(rule => rule.Source)
        .Concat(new[] { Filter, Key, Split, Group }.Concat(Children.Select(child => child.List)).Where(text => text.Length > 0));

    public static readonly MappingDocument Empty = new([], []);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveEmptyListsOut } },
    };

    public static MappingDocument Parse(string json) => JsonSerializer.Deserialize<MappingDocument>(json, Json) ?? Empty;

    /// <summary>What a mapping does not use does not stand in it. Fields and conditions always do: they are what a mapping is.</summary>
    private static void LeaveEmptyListsOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.PropertyType == typeof(IReadOnlyList<ChildTable>)))
        {
            property.ShouldSerialize = static (_, list) => list is IReadOnlyList<ChildTable> { Count: > 0 };
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
