using System.Runtime.InteropServices;
using System.Text.Json;
using IntegrationConsole.Schemas.Checks;

namespace IntegrationConsole.Schemas.Values;

/// <summary>
/// Equality as JSON Schema means it: 1 equals 1.0, the order of an object's members does not count, false is not 0. Each value
/// looked at is a step of the evaluation, so a comparison ends with its limits.
/// </summary>
internal static class JsonEquality
{
    public static bool AreEqual(JsonElement left, JsonElement right, Evaluation run)
    {
        if (left.ValueKind != right.ValueKind || !run.Enter())
        {
            return false;
        }

        var areEqual = left.ValueKind switch
        {
            JsonValueKind.String => JsonText.AreEqual(JsonText.RawOf(left), JsonText.RawOf(right)),
            JsonValueKind.Number => AreEqualNumbers(left, right),
            JsonValueKind.Array => AreEqualLists(left, right, run),
            JsonValueKind.Object => AreEqualObjects(left, right, run),
            _ => true,
        };
        run.Leave();
        return areEqual;
    }

    /// <summary>Equal values have equal hashes; values that differ only deep inside may share one.</summary>
    public static int HashOf(JsonElement value, int levels = 4) => value.ValueKind switch
    {
        JsonValueKind.String => string.GetHashCode(JsonText.Of(value), StringComparison.Ordinal),
        JsonValueKind.Number => ExactNumber.Of(value).GetHashCode(),
        JsonValueKind.Array => levels == 0 ? 1 : value.EnumerateArray().Aggregate(value.GetArrayLength(), (hash, item) => HashCode.Combine(hash, HashOf(item, levels - 1))),
        JsonValueKind.Object => levels == 0 ? 2 : HashOfMembers(value, levels),
        _ => (int)value.ValueKind,
    };

    // Added up, because the order of the members must not count; of a name given twice the last one holds.
    private static int HashOfMembers(JsonElement value, int levels) =>
        MembersOf(value).Aggregate(3, (hash, member) => unchecked(hash + HashCode.Combine(member.Key, HashOf(member.Value, levels - 1))));

    private static bool AreEqualNumbers(JsonElement left, JsonElement right) =>
        JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right)) || ExactNumber.Of(left).Equals(ExactNumber.Of(right));

    private static bool AreEqualLists(JsonElement left, JsonElement right, Evaluation run)
    {
        if (left.GetArrayLength() != right.GetArrayLength())
        {
            return false;
        }

        var others = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            others.MoveNext();
            if (!AreEqual(item, others.Current, run))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEqualObjects(JsonElement left, JsonElement right, Evaluation run)
    {
        var members = MembersOf(left);
        var others = MembersOf(right);
        if (members.Count != others.Count)
        {
            return false;
        }

        foreach (var (name, value) in members)
        {
            if (!others.TryGetValue(name, out var other) || !AreEqual(value, other, run))
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<string, JsonElement> MembersOf(JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            members[JsonText.NameOf(property)] = property.Value;
        }

        return members;
    }
}
