using System.Text.Json;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>One rule of a schema, compiled.</summary>
/// <param name="keyword">The keyword it comes from.</param>
/// <param name="location">Where that keyword stands.</param>
internal abstract class Check(string keyword, string location)
{
    public string Keyword { get; } = keyword;

    public string Location { get; } = location;

    /// <summary>Says whether the value passes, and tells the evaluation why not.</summary>
    /// <param name="seen">The children of the value that some rule has looked at; null where nobody asks.</param>
    public abstract bool Passes(JsonElement value, Evaluation run, SeenChildren? seen);
}
