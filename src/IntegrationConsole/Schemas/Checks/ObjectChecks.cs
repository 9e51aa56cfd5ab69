using System.Text.Json;
using IntegrationConsole.Schemas.Patterns;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>
/// The schemas of an object's members: by name, by pattern, and of all the others. One check, because the third is about what
/// the first two left over. A name that stands twice in the object is checked twice.
/// </summary>
/// <param name="others"><c>additionalProperties</c>; null where anything else may be there.</param>
internal sealed class PropertiesCheck(
    NameTable<SchemaNode> byName, (EcmaPattern Pattern, SchemaNode Node)[] byPattern, SchemaNode? others, string othersLocation)
    : Check("additionalProperties", othersLocation)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        var passes = true;
        var child = -1;
        foreach (var property in value.EnumerateObject())
        {
            child++;
            passes &= PassesMember(property, child, run, seen);
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }
        }

        return passes;
    }

    private bool PassesMember(JsonProperty property, int child, Evaluation run, SeenChildren? seen)
    {
        var passes = true;
        var isKnown = byName.TryFind(property, out var named);
        if (isKnown)
        {
            passes = run.ApplyBelow(named!, property.Value, PathStep.To(property));
        }

        foreach (var (pattern, node) in byPattern)
        {
            if (run.Matches(pattern, JsonText.NameOf(property)))
            {
                isKnown = true;
                passes &= run.ApplyBelow(node, property.Value, PathStep.To(property));
            }
        }

        if (!isKnown && others is not null)
        {
            isKnown = true;
            passes = others.RefusesAll
                ? run.FailBelow(this, PathStep.To(property), $"{SchemaWords.Name(JsonText.NameOf(property))} is not expected here.")
                : run.ApplyBelow(others, property.Value, PathStep.To(property));
        }

        if (isKnown)
        {
            seen?.Add(child);
        }

        return passes;
    }
}

internal sealed class UnevaluatedPropertiesCheck(SchemaNode node, string location) : Check("unevaluatedProperties", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object || seen is null)
        {
            return true;
        }

        var passes = true;
        foreach (var (child, property) in value.EnumerateObject().Index())
        {
            if (seen.Contains(child))
            {
                continue;
            }

            passes &= node.RefusesAll
                ? run.FailBelow(this, PathStep.To(property), $"{SchemaWords.Name(JsonText.NameOf(property))} is not expected here.")
                : run.ApplyBelow(node, property.Value, PathStep.To(property));
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }

            seen.Add(child);
        }

        return passes;
    }
}

internal sealed class PropertyNamesCheck(SchemaNode node, string location) : Check("propertyNames", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        var passes = true;
        foreach (var property in value.EnumerateObject())
        {
            var name = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName(property);
            using var text = JsonDocument.Parse((byte[])[(byte)'"', .. name, (byte)'"']);
            passes &= node.RefusesAll
                ? run.FailBelow(this, PathStep.To(property), $"{SchemaWords.Name(JsonText.NameOf(property))} is not expected here.")
                : run.ApplyBelow(node, text.RootElement, PathStep.To(property));
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }
        }

        return passes;
    }
}

internal sealed class PropertyCountCheck(string keyword, long minimum, long maximum, string location) : Check(keyword, location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object || value.GetPropertyCount() is var count && count >= minimum && count <= maximum)
        {
            return true;
        }

        return run.Fail(this, count < minimum
            ? $"The object has {SchemaWords.Count(count, "member", "members")}, and at least {minimum} are required."
            : $"The object has {SchemaWords.Count(count, "member", "members")}, and at most {maximum} are allowed.");
    }
}
