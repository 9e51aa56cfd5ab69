using System.Text.Json;

namespace IntegrationConsole.Schemas.Checks;

internal sealed class AllOfCheck(SchemaNode[] nodes, string location) : Check("allOf", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        var passes = true;
        foreach (var node in nodes)
        {
            passes &= run.Apply(node, value, seen);
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }
        }

        return passes;
    }
}

/// <summary>At least one of the alternatives, or exactly one, must fit.</summary>
internal sealed class AlternativesCheck(string keyword, SchemaNode[] nodes, bool exactlyOne, string location) : Check(keyword, location)
{
    private const int MostNamed = 4;

    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        var fitting = 0;
        List<SchemaError>? nearest = null;
        var firsts = new List<SchemaError>();
        foreach (var node in nodes)
        {
            var (passes, errors) = run.Try(node, value, seen);
            if (run.Limit is not null)
            {
                return false;
            }

            fitting += passes ? 1 : 0;
            if (fitting > 1 && exactlyOne)
            {
                return run.Fail(this, "Exactly one of the alternatives must fit, and more than one does.");
            }

            // The other alternatives may have evaluated more, and whoever asks for that must hear of it.
            if (passes && !exactlyOne && seen is null)
            {
                return true;
            }

            nearest = passes ? nearest : Nearer(nearest, errors, run.Path.ToString);
            firsts.AddRange(errors.Take(1));
        }

        if (fitting > 0)
        {
            return true;
        }

        run.Fail(this, $"None of the {SchemaWords.Count(nodes.Length, "alternative", "alternatives")} fits{(nearest is { Count: > 0 } ? "; what the nearest one lacks follows" : Wanted(firsts))}.");
        run.Add(nearest ?? []);
        return false;
    }

    /// <summary>Where the value is of no kind that an alternative is for: what each of them is for, as long as that is a sentence.</summary>
    private static string Wanted(List<SchemaError> firsts) => firsts.Count is 0 or > MostNamed ? ""
        : $": {string.Join("; or ", firsts.Select(error => $"{char.ToLowerInvariant(error.Sentence[0])}{error.Sentence[1..].TrimEnd('.')}").Distinct())}";

    /// <summary>An alternative that finds the value itself to be of another kind is no help; of the others the one with the fewest errors is.</summary>
    private static List<SchemaError>? Nearer(List<SchemaError>? known, List<SchemaError> errors, Func<string> here)
    {
        if (errors.Count == 0)
        {
            return known;
        }

        var place = here();
        return errors.Any(error => error.InstancePointer == place && error.Keyword is "type" or "const" or "enum" or "false")
            || (known is not null && known.Count <= errors.Count) ? known : errors;
    }
}

internal sealed class NotCheck(SchemaNode node, string location) : Check("not", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) =>
        !run.Fits(node, value, null) || run.Fail(this, "This has the form that the schema excludes here.");
}

internal sealed class ConditionCheck(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise, string location) : Check("if", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        var branch = run.Fits(condition, value, seen) ? then : otherwise;
        return branch is null || run.Apply(branch, value, seen);
    }
}

internal sealed class ReferenceCheck(string keyword, SchemaNode target, string location) : Check(keyword, location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) => run.Apply(target, value, seen);
}

/// <summary>A reference whose target is the outermost resource entered that has the dynamic anchor.</summary>
/// <param name="initial">Where it leads if none has.</param>
internal sealed class DynamicReferenceCheck(string name, SchemaNode initial, string location) : Check("$dynamicRef", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        foreach (var resource in run.Scope)
        {
            if (resource.DynamicTargets.TryGetValue(name, out var target))
            {
                return run.Apply(target, value, seen);
            }
        }

        return run.Apply(initial, value, seen);
    }
}
