using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Finds rules that no record could ever give a value of their type: a mapping with one would set aside whatever comes.
/// What cannot be told from the text is let through.
/// </summary>
internal static class TypeReach
{
    private static readonly byte[] NoRecord = "{}"u8.ToArray();

    /// <summary>Asked at every keystroke: what takes longer is not found out about.</summary>
    private static readonly ExpressionLimits Glance = new()
    {
        Time = TimeSpan.FromMilliseconds(40), Steps = 200_000, Size = 1024 * 1024, RegexTime = TimeSpan.FromMilliseconds(20),
    };

    /// <param name="rule">Its format, culture and time zone are known to be good.</param>
    /// <returns>Why there can never be a value; empty where there can.</returns>
    public static string Problem(FieldRule rule)
    {
        // What a lookup table makes of a value is asked of the table.
        if (rule.Lookup.Length > 0 || rule.Values is not null)
        {
            return rule.Values is { } values && IsOutOfReach(rule, values) ? $"None of the values that it can become converts to {rule.Type.Words}." : "";
        }

        return rule.Origin switch
        {
            ValueOrigin.Expression => ExpressionText.Parse(rule.Source).Expression is { } expression ? Problem(rule, expression) : "",
            ValueOrigin.Template => Template.Parse(rule.Source, new PathSet()).Template is { } template ? Problem(rule, template) : "",
            ValueOrigin.Path or ValueOrigin.Constant => "",
        };
    }

    /// <summary>Whether none of a lookup table's entries is a value of the rule's type, where only entries of the table are taken.</summary>
    public static bool IsOutOfReach(FieldRule rule, IReadOnlyDictionary<string, string> table)
    {
        if (table.Count == 0 || rule.LookupMiss is LookupMiss.KeepValue || rule.Type is FieldType.String or FieldType.Json)
        {
            return false;
        }

        var conversion = new Conversion(rule);
        return !table.Values.Any(entry => entry.Length == 0 || conversion.TryText(entry, isNumber: false, out _).Length == 0);
    }

    private static string Problem(FieldRule rule, Expression expression)
    {
        var kinds = expression.PossibleKinds;
        if (expression.IsConstant && Constant(rule) is { } failure)
        {
            return failure;
        }

        var values = kinds & ~ValueKinds.Nothing;
        return values == 0 || Takes(rule, values) ? "" : $"This gives {Words(values)}, which does not convert to {rule.Type.Words}.";
    }

    private static bool Takes(FieldRule rule, ValueKinds kinds)
    {
        if (rule.Type is FieldType.Json)
        {
            return kinds != ValueKinds.Function;
        }

        return kinds.HasFlag(ValueKinds.Text)
            || (kinds.HasFlag(ValueKinds.Number) && TakesNumbers(rule))
            || (kinds.HasFlag(ValueKinds.Boolean) && (Constant(rule with { Source = "true" }) is null || Constant(rule with { Source = "false" }) is null));
    }

    /// <summary>A number is a date only where a format or a culture reads it as one.</summary>
    private static bool TakesNumbers(FieldRule rule) => rule.Type switch
    {
        FieldType.Uuid => false,
        FieldType.Date or FieldType.Timestamp => rule.Format.Length > 0 || rule.Culture.Length > 0,
        FieldType.String or FieldType.Integer or FieldType.Decimal or FieldType.Boolean or FieldType.Json => true,
    };

    /// <returns>What is wrong with what an expression gives that needs no record; null where nothing is, or where it takes too long to know.</returns>
    private static string? Constant(FieldRule rule)
    {
        var scope = new ExpressionScope(new Surroundings(TimeProvider.System, new Random(0)), Glance);
        var alone = rule with { Default = "", Required = rule.Required && rule.Default.Length == 0, OnError = FieldErrorRule.Reject };
        var plan = new MappingPlan(new MappingDocument([alone], []), [], new Dictionary<string, IReadOnlyDictionary<string, string>>(), scope);
        return plan.Preview(NoRecord, CancellationToken.None).Fields[0].Problem is { } problem && problem.Code is not (['U', ..] or ErrorCodes.SequenceLength)
            ? $"It is the same for every record, and wrong for every record: {problem.Sentence}."
            : null;
    }

    /// <summary>A template's own text stands in every value that it makes.</summary>
    private static string Problem(FieldRule rule, Template template)
    {
        var literals = template.Literals.Select(text => text.Trim()).Where(text => text.Length > 0);
        var wrong = rule.Type switch
        {
            FieldType.Integer or FieldType.Decimal => literals.FirstOrDefault(text => text.Any(letter => char.IsLetter(letter) && letter is not ('e' or 'E') && rule.Culture.Length == 0)),
            FieldType.Uuid => literals.FirstOrDefault(text => text.Any(letter => char.IsLetter(letter) && !char.IsAsciiHexDigit(letter) && letter is not ('x' or 'X'))),
            FieldType.Boolean => literals.FirstOrDefault(text => !Booleans(rule).Any(known => known.Contains(text, StringComparison.OrdinalIgnoreCase))),
            FieldType.String or FieldType.Date or FieldType.Timestamp or FieldType.Json => null,
        };
        return wrong is null ? "" : $"A text that always holds {wrong} does not convert to {rule.Type.Words}.";
    }

    private static string[] Booleans(FieldRule rule) =>
        rule.Format.Contains('|') ? rule.Format.Split('|', 2, StringSplitOptions.TrimEntries) : ["true", "yes", "false", "no", "1", "0", "on", "off"];

    private static string Words(ValueKinds kinds)
    {
        var words = new List<string>();
        foreach (var (kind, word) in ((ValueKinds, string)[])
                 [(ValueKinds.Boolean, "true or false"), (ValueKinds.Number, "a number"), (ValueKinds.Text, "a text"), (ValueKinds.List, "a list"),
                  (ValueKinds.Object, "an object"), (ValueKinds.Function, "a function")])
        {
            if (kinds.HasFlag(kind))
            {
                words.Add(word);
            }
        }

        return words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
    }
}
