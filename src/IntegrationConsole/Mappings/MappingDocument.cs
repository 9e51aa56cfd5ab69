using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Records;

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

    /// <summary>Taken where the record has no value; empty for none.</summary>
    public string Default { get; init; } = "";

    public bool Required { get; init; }
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

    /// <summary>The texts of all expressions in it.</summary>
    [JsonIgnore]
    public IEnumerable<string> Expressions => Fields.Where(rule => rule.Origin is ValueOrigin.Expression).Select(rule => rule.Source).Concat(Filter.Length > 0 ? [Filter] : []);

    public static readonly MappingDocument Empty = new([], []);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public static MappingDocument Parse(string json) => JsonSerializer.Deserialize<MappingDocument>(json, Json) ?? Empty;

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
