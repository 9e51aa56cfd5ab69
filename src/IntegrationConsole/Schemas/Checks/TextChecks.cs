using System.Text.Json;
using IntegrationConsole.Schemas.Formats;
using IntegrationConsole.Schemas.Patterns;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

internal sealed class MinimumLengthCheck(long minimum, string location) : Check("minLength", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.String || JsonText.CodePointsOf(value) is var length && length >= minimum)
        {
            return true;
        }

        return run.Fail(this, $"The text has {SchemaWords.Count(length, "character", "characters")}, and at least {minimum} are required.");
    }
}

internal sealed class MaximumLengthCheck(long maximum, string location) : Check("maxLength", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.String || JsonText.CodePointsOf(value) is var length && length <= maximum)
        {
            return true;
        }

        return run.Fail(this, $"The text has {SchemaWords.Count(length, "character", "characters")}, and at most {maximum} are allowed.");
    }
}

internal sealed class PatternCheck(EcmaPattern pattern, string location) : Check("pattern", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) =>
        value.ValueKind is not JsonValueKind.String
        || run.Matches(pattern, JsonText.Of(value))
        || run.Fail(this, $"The text must match the pattern {SchemaWords.Short(pattern.Source)}.");
}

/// <summary>The form a text must have. A remark unless the options or the dialect make it a rule.</summary>
internal sealed class FormatCheck(TextFormat format, bool isAlwaysAsserted, string location) : Check("format", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) =>
        value.ValueKind is not JsonValueKind.String
        || !(isAlwaysAsserted || run.AssertsFormats)
        || format.IsMetBy(JsonText.Of(value))
        || run.Fail(this, $"The text must be {format.Words}.");
}
