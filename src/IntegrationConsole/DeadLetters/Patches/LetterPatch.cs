using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IntegrationConsole.DeadLetters.Patches;

public enum PatchAction
{
    /// <summary>Puts a value there, whatever is there.</summary>
    Set,
    Remove,

    /// <summary>Puts a value there where another one is.</summary>
    Replace,

    /// <summary>Puts there what stands in another field.</summary>
    Copy,
}

/// <summary>One change of a record. Fields are JSON pointers, such as <c>/address/country</c>, or plain names.</summary>
/// <param name="Value">What is put there; JSON where it is JSON, otherwise text.</param>
/// <param name="From">For replacing, the present value; for copying, the other field.</param>
/// <param name="WhenField">Only records in which this field has a certain value; empty for all.</param>
/// <param name="WhenValue">That value.</param>
public sealed record PatchStep(PatchAction Action, string Field, string Value = "", string From = "", string WhenField = "", string WhenValue = "");

/// <summary>Changes that are made in many letters alike. Pure: the letters keep their originals beside what comes of it.</summary>
public sealed record LetterPatch(IReadOnlyList<PatchStep> Steps)
{
    public static readonly LetterPatch None = new([]);

    /// <summary>Text stays as it is written; nothing of it is shown in a page without being encoded there.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Unambiguous = new() { AllowDuplicateProperties = false };

    public bool IsEmpty => Steps.Count == 0;

    /// <summary>What would be a mistake in any record; null for nothing.</summary>
    public string? Problem => Steps.Select(ProblemOf).FirstOrDefault(problem => problem is not null);

    /// <summary>The record as it would be sent; null where nothing changes.</summary>
    public byte[]? Apply(byte[] record)
    {
        if (IsEmpty || ReadObject(record) is not { } changed)
        {
            return null;
        }

        var before = changed.DeepClone();
        foreach (var step in Steps)
        {
            Apply(step, changed);
        }

        return JsonNode.DeepEquals(before, changed) ? null : JsonSerializer.SerializeToUtf8Bytes(changed, Plain);
    }

    internal byte[] Bytes => JsonSerializer.SerializeToUtf8Bytes(Steps);

    internal static LetterPatch Parse(byte[] bytes) => new(JsonSerializer.Deserialize<IReadOnlyList<PatchStep>>(bytes)!);

    private static string? ProblemOf(PatchStep step) =>
        step.Field.Trim('/').Length == 0 ? "Name the field that is to change."
        : step is { Action: PatchAction.Copy, From: "" } ? $"Name the field from which {step.Field} is copied."
        : step is { Action: PatchAction.Replace, From: "" } ? $"Say which value of {step.Field} is to be replaced."
        : null;

    private static void Apply(PatchStep step, JsonObject record)
    {
        if (step.WhenField.Length > 0 && !Matches(Find(record, step.WhenField), step.WhenValue))
        {
            return;
        }

        switch (step.Action)
        {
            case PatchAction.Set:
                Put(record, step.Field, ValueOf(step.Value));
                break;
            case PatchAction.Remove when Parent(record, step.Field, make: false) is var (parent, name):
                parent.Remove(name);
                break;
            case PatchAction.Replace when Matches(Find(record, step.Field), step.From):
                Put(record, step.Field, ValueOf(step.Value));
                break;
            case PatchAction.Copy when Find(record, step.From) is { } found:
                Put(record, step.Field, found.DeepClone());
                break;
            default:
                // The field is not there, or has another value: this record stays as it is.
                break;
        }
    }

    private static void Put(JsonObject record, string field, JsonNode? value)
    {
        if (Parent(record, field, make: true) is var (parent, name))
        {
            parent[name] = value;
        }
    }

    private static JsonNode? Find(JsonObject record, string field) =>
        Parent(record, field, make: false) is var (parent, name) && parent.TryGetPropertyValue(name, out var found) ? found : null;

    /// <summary>The object in which a field stands; null where the way there leads through something else.</summary>
    private static (JsonObject Parent, string Name)? Parent(JsonObject record, string field, bool make)
    {
        var names = NamesOf(field);
        var at = record;
        foreach (var name in names[..^1])
        {
            if (!at.TryGetPropertyValue(name, out var next) && make)
            {
                at[name] = next = new JsonObject();
            }

            if (next is not JsonObject inner)
            {
                return null;
            }

            at = inner;
        }

        return (at, names[^1]);
    }

    private static string[] NamesOf(string field) => field is ['/', .. var pointer]
        ? [.. pointer.Split('/').Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : [field];

    private static bool Matches(JsonNode? found, string value) => found is not null && (TextOf(found) == value || JsonNode.DeepEquals(found, ValueOf(value)));

    private static string? TextOf(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Numbers, true, false, null, objects, lists and quoted text are JSON; all else is text as it stands.</summary>
    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static JsonObject? ReadObject(byte[] record)
    {
        try
        {
            return JsonNode.Parse(record, null, Unambiguous) as JsonObject;
        }
        catch (JsonException)
        {
            // What cannot be read cannot be patched; it fails on the line with its own cause.
            return null;
        }
    }

    /// <summary>In words, without the values: those may be parts of records.</summary>
    public string Words => string.Join("; ", Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Action switch
    {
        PatchAction.Set => "set",
        PatchAction.Remove => "remove",
        PatchAction.Replace => "replace a value of",
        PatchAction.Copy => $"copy {step.From} to",
    }} {step.Field}{(step.WhenField.Length > 0 ? $" where {step.WhenField} has a certain value" : "")}")));
}
