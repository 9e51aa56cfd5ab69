using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>One rule of a schema that a record, or the row made of it, breaks.</summary>
/// <param name="Pointer">Where in the record or the row, such as <c>/customer/email</c>; empty for the whole.</param>
/// <param name="Rule">Where in the schema the rule stands.</param>
/// <param name="Keyword">The rule's keyword, such as <c>minLength</c>; empty where a limit ended the validation.</param>
/// <param name="Sentence">What is wrong, in names and limits, never in values.</param>
/// <param name="IsRejected">Whether the record is set aside for it.</param>
public sealed record SchemaMisfit(SchemaSide Side, string Pointer, string Rule, string Keyword, string Sentence, bool IsRejected)
{
    /// <summary>The whole of it, for logs: where, what and by which rule.</summary>
    public string Words => $"{(Pointer.Length > 0 ? $"{Pointer}: " : "")}{Sentence.TrimEnd('.')} ({RuleWords})";

    /// <summary>Which rule of the schema says so.</summary>
    public string RuleWords => Rule.Length > 0 ? $"rule {Rule}" : "the schema as a whole";

    internal static SchemaMisfit Of(SchemaSide side, SchemaError error, bool isRejected) =>
        new(side, Legible.Text(error.InstancePointer), Legible.Text(error.SchemaPointer), error.Keyword, Legible.Text(error.Sentence), isRejected);

    internal FieldProblem ToProblem()
    {
        var sentence = Sentence.TrimEnd('.');
        var phrase = $"{char.ToLowerInvariant(sentence[0])}{sentence[1..]} ({RuleWords})";
        return Side switch
        {
            SchemaSide.Source => new(Pointer, FailureCause.SchemaChange, $"the source does not send what was agreed: {phrase}", Keyword) { Brief = Brief },
            SchemaSide.Destination => new(Pointer, FailureCause.Validation, $"the row is not what the destination takes: {phrase}", Keyword) { Brief = Brief },
        };
    }

    /// <summary>The whole record has no name to be called by.</summary>
    private string Brief => Pointer.Length > 0 ? Pointer : Sentence.TrimEnd('.');
}
