using System.Globalization;
using System.Text;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;
using static IntegrationConsole.Mappings.MarkdownText;

namespace IntegrationConsole.Mappings;

/// <summary>What a mapping's document says besides the version itself.</summary>
/// <param name="Title">The integration's name.</param>
/// <param name="Source">Where records come from, such as <c>Shop, orders</c>.</param>
/// <param name="Destination">Where they go.</param>
/// <param name="Writing">How they are written, in words.</param>
/// <param name="Keys">The fields that identify a record.</param>
/// <param name="Tables">The tenant's lookup tables as they are now.</param>
public sealed record MappingSetting(string Title, string Source, string Destination, string Writing, IReadOnlyList<string> Keys, IReadOnlyList<LookupTable> Tables);

/// <summary>
/// A version of a mapping as a document for people, in Markdown. Made of the version itself each time it is asked for, so
/// it is never out of date. Whatever somebody called a field or wrote into a rule stays text.
/// </summary>
public static class MappingMarkdown
{
    public static string Of(MappingVersion version, MappingSetting setting)
    {
        var document = version.Parsed;
        var text = new StringBuilder();
        Head(text, version, setting);
        Fields(text, document, setting.Keys);
        Structure(text, document);
        Leaving(text, document);
        Expressions(text, document);
        Tables(text, document, setting.Tables);
        Schemas(text, document);
        return text.ToString();
    }

    private static void Head(StringBuilder text, MappingVersion version, MappingSetting setting)
    {
        Line(text, $"# Mapping of {Plain(setting.Title)}");
        Line(text, "");
        Line(text, $"- Version: {version.Number} ({version.State.ToString().ToLowerInvariant()})");
        Line(text, $"- Edited: {Moment(version.EditedAt)} by {Plain(version.EditedBy)}");
        if (version.PublishedAt is { } at)
        {
            Line(text, $"- Published: {Moment(at)} by {Plain(version.PublishedBy ?? "")}");
        }

        if (version.Note.Length > 0)
        {
            Line(text, $"- Note: {Plain(version.Note)}");
        }

        Line(text, $"- From: {Plain(setting.Source)}");
        Line(text, $"- To: {Plain(setting.Destination)}");
        Line(text, $"- Writing: {Plain(setting.Writing)}");
        Line(text, $"- Key: {(setting.Keys.Count == 0 ? "none" : string.Join(", ", setting.Keys.Select(Code)))}");
    }

    private static void Fields(StringBuilder text, MappingDocument document, IReadOnlyList<string> keys)
    {
        Line(text, "");
        Line(text, "## Fields");
        Table(text, document.Fields, keys);
    }

    private static void Table(StringBuilder text, IReadOnlyList<FieldRule> rules, IReadOnlyList<string> keys)
    {
        Line(text, "");
        Line(text, "| Field | Type | Comes from | Conversion | Without a value | On an error |");
        Line(text, "|---|---|---|---|---|---|");
        foreach (var rule in rules)
        {
            var required = rule.Required || keys.Contains(rule.Name);
            var missing = rule.Default.Length > 0 ? $"takes {Cell(rule.Default)}" : required ? "required: the record is rejected" : "stays empty";
            Line(text, $"| {Cell(rule.Name)} | {rule.Type.Words} | {SourceOf(rule)} | {ConversionOf(rule)} | {missing} | {MappingDiff.ErrorOf(rule.OnError)} |");
        }
    }

    private static void Structure(StringBuilder text, MappingDocument document)
    {
        var parts = new List<string>();
        parts.AddRange(document.Key.Length > 0 ? [$"A record is known by {Code(document.Key)}."] : []);
        parts.AddRange(document.Split.Length > 0 ? [$"Each item of {Code(document.Split)} makes a row."] : []);
        parts.AddRange(document.Group.Length > 0 ? [$"Records of a batch with the same {Code(document.Group)} make one row together."] : []);
        parts.AddRange(document.Children.Select(child =>
            $"Each item of {Code(child.List)} makes a row of {Code(child.Stream)}, known by {string.Join(", ", child.KeyFields.Select(Code))}."));
        if (parts.Count == 0)
        {
            return;
        }

        Line(text, "");
        Line(text, "## Rows and keys");
        Line(text, "");
        parts.ForEach(part => Line(text, $"- {part}"));
        foreach (var child in document.Children)
        {
            Line(text, "");
            Line(text, $"### Rows of {Code(child.Stream)}");
            Table(text, child.Fields, child.KeyFields);
        }
    }

    private static void Schemas(StringBuilder text, MappingDocument document)
    {
        foreach (var (title, schema, misfit) in ((string, string, MisfitRule)[])
                 [("What the source sends", document.InputSchema, document.InputMisfit), ("What the destination takes", document.OutputSchema, document.OutputMisfit)])
        {
            if (schema.Length == 0)
            {
                continue;
            }

            Line(text, "");
            Line(text, $"## {title}");
            Line(text, "");
            Line(text, misfit is MisfitRule.Reject ? "A record that does not fit is set aside." : "A record that does not fit goes on, and is counted in the run's log.");
            Block(text, schema, "", "json");
        }
    }

    private static void Leaving(StringBuilder text, MappingDocument document)
    {
        Line(text, "");
        Line(text, "## Which records are taken");
        Line(text, "");
        if (document.Conditions.Count == 0 && document.Filter.Length == 0)
        {
            Line(text, "Every record.");
            return;
        }

        Line(text, "Only records that meet all of these; the others are counted as filtered:");
        Line(text, "");
        foreach (var condition in document.Conditions)
        {
            Line(text, $"- {Beginning(MappingDiff.ConditionOf(condition))}");
        }

        if (document.Filter.Length > 0)
        {
            Line(text, "- the filter expression holds:");
            Block(text, document.Filter, "  ");
        }
    }

    private static void Expressions(StringBuilder text, MappingDocument document)
    {
        var rules = document.Fields.Select(rule => (Stream: "", Rule: rule))
            .Concat(document.Children.SelectMany(child => child.Fields.Select(rule => (child.Stream, Rule: rule))))
            .Where(named => named.Rule.Origin is ValueOrigin.Expression).ToList();
        if (rules.Count == 0)
        {
            return;
        }

        Line(text, "");
        Line(text, "## Expressions");
        foreach (var (stream, rule) in rules)
        {
            Line(text, "");
            Line(text, $"{Code(rule.Name)}{(stream.Length > 0 ? $" of {Code(stream)}" : "")}:");
            Block(text, rule.Source, "");
        }
    }

    private static void Tables(StringBuilder text, MappingDocument document, IReadOnlyList<LookupTable> tables)
    {
        var asked = document.Expressions.Select(source => Plan.ExpressionText.Parse(source).Expression).Where(expression => expression is not null).ToList();
        var anyOf = asked.Exists(expression => expression!.AsksAnyTable);
        var names = document.AllFields.Select(rule => rule.Lookup).Where(name => name.Length > 0).Concat(asked.SelectMany(expression => expression!.Tables)).Distinct().ToList();
        if (names.Count == 0 && !anyOf)
        {
            return;
        }

        Line(text, "");
        Line(text, "## Lookup tables");
        Line(text, "");
        foreach (var name in names)
        {
            var table = tables.FirstOrDefault(known => known.Name == name);
            var rows = table is null ? "does not exist any more" : $"{table.RowCount.ToString("N0", CultureInfo.InvariantCulture)} rows, last changed {Moment(table.UpdatedAt)} by {Plain(table.UpdatedBy)}";
            Line(text, $"- {Code(name)}: {rows}");
        }

        if (anyOf)
        {
            Line(text, "- An expression reckons the name of a table: it may ask any.");
        }
    }

    private static string SourceOf(FieldRule rule) => rule.Origin switch
    {
        ValueOrigin.Path => rule.Source.Length > 0 ? Cell(rule.Source) : "nothing",
        ValueOrigin.Constant => $"the constant {(rule.Source.Length > 0 ? Cell(rule.Source) : "(empty)")}",
        ValueOrigin.Template => $"the template {Cell(rule.Source)}",
        ValueOrigin.Expression => "the expression below",
    };

    private static string ConversionOf(FieldRule rule)
    {
        var parts = new List<string>();
        parts.AddRange(rule.Trim ? ["trimmed"] : []);
        parts.AddRange(rule.Case switch { LetterCase.Upper => ["upper case"], LetterCase.Lower => ["lower case"], LetterCase.AsItIs => Array.Empty<string>() });
        var miss = rule.LookupMiss switch { LookupMiss.Reject => "rejected if not there", LookupMiss.KeepValue => "kept if not there", LookupMiss.Empty => "empty if not there" };
        parts.AddRange(rule.Lookup.Length > 0 ? [$"looked up in {Cell(rule.Lookup)} ({miss})"] : []);
        parts.AddRange(rule.Values is { } values ? [$"{string.Join(", ", values.Select(pair => $"{Cell(pair.Key)} becomes {Cell(pair.Value)}"))} ({miss})"] : []);

        parts.AddRange(rule.Format.Length > 0 ? [$"format {Cell(rule.Format)}"] : []);
        parts.AddRange(rule.Culture.Length > 0 ? [$"culture {Cell(rule.Culture)}"] : []);
        parts.AddRange(rule.TimeZone.Length > 0 ? [$"time zone {Cell(rule.TimeZone)}"] : []);
        parts.AddRange(rule.Rounding is not Rounding.None ? [$"rounded to {MappingDiff.RoundingOf(rule)}"] : []);
        parts.AddRange(rule.MaxLength > 0 ? [$"at most {rule.MaxLength} characters, {(rule.CutOff ? "cut off" : "refused above")}"] : []);
        return parts.Count == 0 ? "none" : string.Join(", ", parts);
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static void Block(StringBuilder text, string source, string indent, string language = "jsonata")
    {
        var fence = new string('`', Math.Max(3, LongestRun(source) + 1));
        Line(text, "");
        Line(text, $"{indent}{fence}{language}");
        foreach (var line in source.ReplaceLineEndings("\n").Split('\n'))
        {
            Line(text, indent + line);
        }

        Line(text, indent + fence);
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
