using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>What is wrong with a mapping as it is written, before any record comes.</summary>
/// <param name="Field">The number of the field rule; -1 for the mapping as a whole or its conditions.</param>
/// <param name="Part">Which part of the rule, by its property's name.</param>
public sealed record MappingProblem(int Field, string Part, string Sentence);

/// <summary>Checks a mapping; a plan is made only of one without problems.</summary>
public static class MappingRules
{
    private const int MostFields = 1_000;

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

        return problems;
    }

    private static void CheckField(int index, FieldRule rule, HashSet<string> names, IReadOnlyCollection<string> lookups, List<MappingProblem> problems)
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

        if (SourceProblem(rule) is { Length: > 0 } source)
        {
            Add(nameof(FieldRule.Source), source);
        }

        if (rule.Lookup.Length > 0 && !lookups.Contains(rule.Lookup))
        {
            Add(nameof(FieldRule.Lookup), $"There is no lookup table named {rule.Lookup}.");
        }

        var convertible = true;
        if (rule.Culture.Length > 0 && !IsCulture(rule.Culture))
        {
            convertible = false;
            Add(nameof(FieldRule.Culture), "Name a culture such as de-DE or en-US.");
        }

        if (rule.TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(rule.TimeZone, out _))
        {
            convertible = false;
            Add(nameof(FieldRule.TimeZone), "Name a time zone such as Europe/Berlin.");
        }

        if (FormatProblem(rule) is { Length: > 0 } format)
        {
            convertible = false;
            Add(nameof(FieldRule.Format), format);
        }

        if (convertible && rule.Default.Length > 0 && FixedProblem(rule, rule.Default) is { Length: > 0 } unfit)
        {
            Add(nameof(FieldRule.Default), $"The default is {unfit}.");
        }

        if (convertible && rule.Origin is ValueOrigin.Constant && FixedProblem(rule, rule.Source) is { Length: > 0 } wrong)
        {
            Add(nameof(FieldRule.Source), $"The constant is {wrong}.");
        }
    }

    private static string SourceProblem(FieldRule rule) => rule.Origin switch
    {
        ValueOrigin.Path => SourcePath.Parse(rule.Source).Problem,
        ValueOrigin.Template => Template.Parse(rule.Source, new PathSet()).Problem,
        ValueOrigin.Constant => "",
    };

    private static string FormatProblem(FieldRule rule)
    {
        if (rule.Format.Length == 0 || rule.Format is "unix" or "unixms")
        {
            return "";
        }

        if (rule.Type is FieldType.Boolean)
        {
            return rule.Format.Split('|') is [{ Length: > 0 } yes, { Length: > 0 } no] && !yes.Trim().Equals(no.Trim(), StringComparison.OrdinalIgnoreCase)
                ? "" : "Give the text for yes and the text for no, such as Y|N.";
        }

        if (rule.Type is not (FieldType.Date or FieldType.Timestamp))
        {
            return "A format is for dates, timestamps and yes/no.";
        }

        try
        {
            _ = DateTime.UnixEpoch.ToString(rule.Format, CultureInfo.InvariantCulture);
            return "";
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

        return new Conversion(rule).TryText(text, out _);
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
