using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>What is wrong with a mapping as it is written, before any record comes.</summary>
/// <param name="Field">The number of the field rule; -1 for the mapping as a whole or its conditions.</param>
/// <param name="Part">Which part of the rule, by its property's name.</param>
public sealed record MappingProblem(int Field, string Part, string Sentence);

/// <summary>Checks a mapping; a plan is made only of one without problems.</summary>
public static class MappingRules
{
    /// <summary>The part of a problem with the mapping's filter.</summary>
    public const string FilterPart = "filter";

    public const string KeyPart = "key";

    private const string NoNameYet = "'?'";

    public const string SplitPart = "split";

    public const string GroupPart = "group";

    /// <summary>The part of a problem with the schema of what the source sends.</summary>
    public const string InputSchemaPart = "inputSchema";

    /// <summary>The part of a problem with the schema of what the destination takes.</summary>
    public const string OutputSchemaPart = "outputSchema";

    private const int MostFields = 1_000;
    private const int MostValues = 1_000;

    /// <summary>A decimal has no more.</summary>
    private const int MostDecimals = 28;

    public static IReadOnlyList<MappingProblem> Check(MappingDocument document, IReadOnlyCollection<string> lookups)
    {
        var problems = new List<MappingProblem>();
        if (document.Fields.Count == 0)
        {
            problems.Add(new(-1, "fields", "Add at least one field."));
        }
        else if (document.Fields.Count > MostFields)
        {
            problems.Add(new(-1, "fields", $"A mapping has at most {MostFields} fields."));
        }

        var names = new HashSet<string>();
        for (var index = 0; index < document.Fields.Count; index++)
        {
            CheckField(index, document.Fields[index], names, lookups, problems);
        }

        for (var index = 0; index < document.Conditions.Count; index++)
        {
            if (SourcePath.Parse(document.Conditions[index].Path).Problem is { Length: > 0 } problem)
            {
                problems.Add(new(-1, $"conditions[{index}]", $"Condition {index + 1}: {problem}"));
            }
        }

        if (document.Filter.Length > 0 && ExpressionProblem(document.Filter, lookups) is { Length: > 0 } filter)
        {
            problems.Add(new(-1, FilterPart, $"Filter: {filter}"));
        }

        new StructureRules(document, lookups, problems).Check();
        CheckSchema(InputSchemaPart, "Input schema", document.InputSchema, problems);
        CheckSchema(OutputSchemaPart, "Output schema", document.OutputSchema, problems);
        return problems;
    }

    /// <summary>The beginning of the parts of a child table.</summary>
    public static string ChildPart(int index) => $"children[{index}]";

    /// <summary>
    /// What can be shown of a mapping while it is written: without the fields and child tables that are wrong, and without a filter
    /// or schema that is. A row that lacks fields is held against no schema. Null where nothing is left, or the record's rows and key are wrong.
    /// </summary>
    public static MappingDocument? WhatHolds(MappingDocument document, IReadOnlyList<MappingProblem> problems)
    {
        if (problems.Any(problem => problem.Field < 0 && problem.Part is not (FilterPart or KeyPart or InputSchemaPart or OutputSchemaPart) && !IsOfAChild(problem.Part)))
        {
            return null;
        }

        var wrong = problems.Select(problem => problem.Field).ToHashSet();
        var parts = problems.Select(problem => problem.Part).ToHashSet();
        var holding = document with
        {
            Fields = [.. document.Fields.Where((_, index) => !wrong.Contains(index))],
            Filter = parts.Contains(FilterPart) ? "" : document.Filter,
            Children = [.. document.Children.Where((_, index) => !parts.Any(part => part.StartsWith($"{ChildPart(index)}.", StringComparison.Ordinal)))],

            // The rows show how a split or a group goes before their records have a name.
            Key = !parts.Contains(KeyPart) ? document.Key : document.Split.Length + document.Group.Length > 0 ? NoNameYet : "",
            InputSchema = parts.Contains(InputSchemaPart) ? "" : document.InputSchema,
            OutputSchema = problems.Any(problem => problem.Field >= 0) || parts.Contains(OutputSchemaPart) ? "" : document.OutputSchema,
        };
        return holding.Fields.Count > 0 ? holding : null;
    }

    /// <summary>Whether the page shows the problem where it is, and not for the mapping as a whole.</summary>
    public static bool HasPlace(MappingProblem problem) =>
        problem.Field >= 0 || problem.Part is FilterPart or KeyPart or SplitPart or GroupPart or InputSchemaPart or OutputSchemaPart || IsOfAChild(problem.Part);

    private static bool IsOfAChild(string part) => part.StartsWith("children[", StringComparison.Ordinal);

    /// <summary>The destination's fields that no record goes in without, and that the mapping does not make; none where records are only changed.</summary>
    public static IReadOnlyList<StreamField> Unmade(MappingDocument document, IReadOnlyList<StreamField> destination, WriteMode mode) => mode is WriteMode.Update ? [] :
        [.. destination.Where(field => field.Required && document.Fields.All(rule => rule.Name != field.Name))];

    private static void CheckSchema(string part, string name, string text, List<MappingProblem> problems)
    {
        if (AgreedSchema.ProblemWith(text) is { } problem)
        {
            problems.Add(new(-1, part, $"{name}: {problem}"));
        }
    }

    internal static void CheckField(int index, FieldRule rule, HashSet<string> names, IReadOnlyCollection<string> lookups, List<MappingProblem> problems)
    {
        void Add(string part, string sentence) => problems.Add(new(index, part, sentence));

        if (rule.Name.Trim().Length == 0)
        {
            Add(nameof(FieldRule.Name), "Name the destination's field.");
        }
        else if (!names.Add(rule.Name))
        {
            Add(nameof(FieldRule.Name), $"{rule.Name} is made twice: remove one of the two.");
        }

        if (SourceProblem(rule, lookups) is { Length: > 0 } source)
        {
            Add(nameof(FieldRule.Source), source);
        }

        if ((rule.Lookup.Length > 0 || rule.Values is not null) && rule.Origin is ValueOrigin.Constant)
        {
            Add(nameof(FieldRule.Lookup), "A constant does not go through a lookup table: enter what the table would make of it.");
        }
        else if (rule.Lookup.Length > 0 && rule.Values is not null)
        {
            Add(nameof(FieldRule.Values), $"The value goes through {rule.Lookup} already: use the lookup table or values of its own, not both.");
        }
        else if (rule.Lookup.Length > 0 && !lookups.Contains(rule.Lookup))
        {
            Add(nameof(FieldRule.Lookup), $"There is no lookup table named {rule.Lookup}.");
        }

        CheckLimits(rule, Add);
        CheckConversion(rule, Add);
        if (ErrorRuleProblem(rule) is { Length: > 0 } onError)
        {
            Add(nameof(FieldRule.OnError), onError);
        }
    }

    private static void CheckLimits(FieldRule rule, Action<string, string> add)
    {
        if (rule.Values is { } values && (values.Count is 0 or > MostValues || values.Keys.Any(key => key.Length == 0)))
        {
            add(nameof(FieldRule.Values), values.Count > MostValues
                ? $"A field has at most {MostValues} values of its own: make a lookup table of them."
                : "Give at least one value, and none without a text to compare.");
        }

        if (rule.Rounding is not Rounding.None && rule.Type is not (FieldType.Integer or FieldType.Decimal))
        {
            add(nameof(FieldRule.Rounding), "Only integers and decimal numbers are rounded.");
        }
        else if (rule.Rounding is not Rounding.None && (rule.Decimals is < 0 or > MostDecimals || (rule.Type is FieldType.Integer && rule.Decimals > 0)))
        {
            add(nameof(FieldRule.Decimals), rule.Type is FieldType.Integer ? "An integer has no decimal places: round to 0." : $"Round to 0 to {MostDecimals} decimal places.");
        }

        if (rule.MaxLength < 0 || (rule.MaxLength > 0 && rule.Type is not FieldType.String))
        {
            add(nameof(FieldRule.MaxLength), rule.MaxLength < 0 ? "Give a number of characters, or 0 for any." : "Only texts have a greatest length.");
        }
    }

    private static string ErrorRuleProblem(FieldRule rule) => rule.OnError switch
    {
        FieldErrorRule.Reject => "",
        FieldErrorRule.Empty => rule.Required ? "A required field cannot go on without a value: set the record aside, or take a default." : "",
        FieldErrorRule.Default => rule.Default.Length == 0 ? "Enter the default that is taken when the value cannot be made." : "",
    };

    private static void CheckConversion(FieldRule rule, Action<string, string> add)
    {
        var convertible = true;
        if (rule.Culture.Length > 0 && !IsCulture(rule.Culture))
        {
            convertible = false;
            add(nameof(FieldRule.Culture), "Name a culture such as de-DE or en-US.");
        }

        if (rule.TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(rule.TimeZone, out _))
        {
            convertible = false;
            add(nameof(FieldRule.TimeZone), "Name a time zone such as Europe/Berlin.");
        }

        if (FormatProblem(rule, convertible ? rule.Culture : "") is { Length: > 0 } format)
        {
            convertible = false;
            add(nameof(FieldRule.Format), format);
        }

        if (convertible && rule.Default.Length > 0 && FixedProblem(rule, rule.Default) is { Length: > 0 } unfit)
        {
            add(nameof(FieldRule.Default), $"The default is {unfit}.");
        }

        if (convertible && rule.Origin is ValueOrigin.Constant && FixedProblem(rule, rule.Source) is { Length: > 0 } wrong)
        {
            add(nameof(FieldRule.Source), $"The constant is {wrong}.");
        }

        if (convertible && TypeReach.Problem(rule) is { Length: > 0 } never)
        {
            add(rule.Values is null ? nameof(FieldRule.Source) : nameof(FieldRule.Values), never);
        }
    }

    private static string SourceProblem(FieldRule rule, IReadOnlyCollection<string> lookups) => rule.Origin switch
    {
        ValueOrigin.Path => SourcePath.Parse(rule.Source).Problem,
        ValueOrigin.Template => Template.Parse(rule.Source, new PathSet()).Problem,
        ValueOrigin.Constant => "",
        ValueOrigin.Expression => ExpressionProblem(rule.Source, lookups),
    };

    internal static string ExpressionProblem(string text, IReadOnlyCollection<string> lookups)
    {
        var (expression, problem) = ExpressionText.Parse(text);
        return expression?.Tables.FirstOrDefault(table => !lookups.Contains(table)) is { } missing ? $"There is no lookup table named {missing}." : problem;
    }

    private static string FormatProblem(FieldRule rule, string culture)
    {
        var format = rule.Format.Trim();
        if (format.Length == 0)
        {
            return "";
        }

        if (rule.Type is FieldType.Boolean)
        {
            return format.Split('|', StringSplitOptions.TrimEntries) is [{ Length: > 0 } yes, { Length: > 0 } no] && !yes.Equals(no, StringComparison.OrdinalIgnoreCase)
                ? "" : "Give the text for yes and the text for no, such as Y|N.";
        }

        if (rule.Type is not (FieldType.Date or FieldType.Timestamp))
        {
            return "A format is for dates, timestamps and yes/no.";
        }

        try
        {
            return format is "unix" or "unixms" || TimeText.HasYear(format, CultureInfo.GetCultureInfo(culture))
                ? "" : "This format leaves out the year: write it as in dd.MM.yyyy HH:mm.";
        }
        catch (FormatException)
        {
            return "This is not a format such as dd.MM.yyyy HH:mm.";
        }
    }

    private static string FixedProblem(FieldRule rule, string text)
    {
        if (rule.Type is FieldType.Json)
        {
            try
            {
                using var parsed = JsonDocument.Parse(text);
                return "";
            }
            catch (JsonException)
            {
                return "not valid JSON";
            }
        }

        return new Conversion(rule).TryText(text, isNumber: false, out _);
    }

    private static bool IsCulture(string name)
    {
        try
        {
            // The platform makes up cultures for any well-formed name; only those it has data for are meant.
            return CultureInfo.GetCultureInfo(name, predefinedOnly: true).Name.Length > 0;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}
