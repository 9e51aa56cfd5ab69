using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>One of the four limits of a number.</summary>
/// <param name="side">1 for a lower limit, -1 for an upper one.</param>
/// <param name="includesLimit">Whether the limit itself passes.</param>
/// <param name="words">The limit as the schema writes it.</param>
internal sealed class NumberLimitCheck(string keyword, ExactNumber limit, int side, bool includesLimit, string words, string location) : Check(keyword, location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Number)
        {
            return true;
        }

        var order = ExactNumber.Of(value).CompareTo(limit) * side;
        if (order > 0 || (order == 0 && includesLimit))
        {
            return true;
        }

        return run.Fail(this, (side, includesLimit) switch
        {
            (1, true) => $"The number must be at least {words}.",
            (1, false) => $"The number must be more than {words}.",
            (_, true) => $"The number must be at most {words}.",
            (_, false) => $"The number must be less than {words}.",
        });
    }
}

internal sealed class MultipleCheck(ExactNumber divisor, string words, string location) : Check("multipleOf", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Number)
        {
            return true;
        }

        var number = ExactNumber.Of(value);
        if (number.IsTooLong)
        {
            return run.Stop(SchemaLimit.NumberLength);
        }

        return number.IsMultipleOf(divisor) || run.Fail(this, $"The number must be a multiple of {words}.");
    }
}
