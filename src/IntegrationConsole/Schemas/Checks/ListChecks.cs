using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>The schemas of the first items and of all the others.</summary>
/// <param name="first"><c>prefixItems</c>.</param>
/// <param name="rest"><c>items</c>; null where anything may follow.</param>
internal sealed class ItemsCheck(SchemaNode[] first, SchemaNode? rest, string location) : Check("items", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            return true;
        }

        var passes = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if ((index < first.Length ? first[index] : rest) is not { } node)
            {
                break;
            }

            passes &= node.RefusesAll && index >= first.Length
                ? run.FailBelow(this, PathStep.To(index), $"The list may have at most {SchemaWords.Count(first.Length, "item", "items")}.")
                : run.ApplyBelow(node, item, PathStep.To(index));
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }

            seen?.Add(index);
            index++;
        }

        return passes;
    }
}

internal sealed class UnevaluatedItemsCheck(SchemaNode node, string location) : Check("unevaluatedItems", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Array || seen is null)
        {
            return true;
        }

        var passes = true;
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (seen.Contains(index))
            {
                continue;
            }

            passes &= node.RefusesAll
                ? run.FailBelow(this, PathStep.To(index), "No rule of the schema expects this item.")
                : run.ApplyBelow(node, item, PathStep.To(index));
            if ((!passes && !run.IsRecording) || run.Limit is not null)
            {
                return false;
            }

            seen.Add(index);
        }

        return passes;
    }
}

internal sealed class ContainsCheck(SchemaNode node, long minimum, long maximum, string location) : Check("contains", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            return true;
        }

        var count = 0L;
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (run.FitsBelow(node, item, PathStep.To(index)))
            {
                count++;
                seen?.Add(index);
            }

            // Whoever asks which items were evaluated must be told of all of them.
            if (run.Limit is not null || (seen is null && count >= minimum && maximum == long.MaxValue))
            {
                break;
            }
        }

        return count < minimum ? run.Fail(this, $"At least {SchemaWords.Count(minimum, "item", "items")} of the list must fit, and {count} {(count == 1 ? "does" : "do")}.")
            : count <= maximum || run.Fail(this, $"At most {SchemaWords.Count(maximum, "item", "items")} of the list may fit, and {count} do.");
    }
}

internal sealed class ItemCountCheck(string keyword, long minimum, long maximum, string location) : Check(keyword, location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() is var count && count >= minimum && count <= maximum)
        {
            return true;
        }

        return run.Fail(this, count < minimum
            ? $"The list has {SchemaWords.Count(count, "item", "items")}, and at least {minimum} are required."
            : $"The list has {SchemaWords.Count(count, "item", "items")}, and at most {maximum} are allowed.");
    }
}

internal sealed class UniqueItemsCheck(string location) : Check("uniqueItems", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            return true;
        }

        var byHash = new Dictionary<int, List<(int Index, JsonElement Item)>>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (!run.Step())
            {
                return false;
            }

            var hash = JsonEquality.HashOf(item);
            if (!byHash.TryGetValue(hash, out var alike))
            {
                byHash[hash] = alike = [];
            }

            foreach (var earlier in alike)
            {
                if (JsonEquality.AreEqual(earlier.Item, item, run))
                {
                    return run.Fail(this, $"The items of the list must differ, and those at {earlier.Index} and {index} are equal.");
                }
            }

            alike.Add((index, item));
        }

        return true;
    }
}
