using System.Globalization;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>One step down into a value: into a member or an item.</summary>
internal readonly record struct PathStep(JsonProperty? Property, int Index)
{
    public static PathStep To(JsonProperty property) => new(property, 0);

    public static PathStep To(int index) => new(null, index);

    public override string ToString() => Property is { } property ? JsonText.NameOf(property) : Index.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where a validation is in the value. Names are only read when an error is written.</summary>
internal sealed class InstancePath
{
    private const int LongestPointer = 2_000;

    private readonly List<PathStep> _steps = [];

    public int Length => _steps.Count;

    public void Push(PathStep step) => _steps.Add(step);

    public void Pop() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>The pointer; one longer than anybody reads ends with an ellipsis.</summary>
    public override string ToString()
    {
        var pointer = new StringBuilder();
        foreach (var step in _steps)
        {
            if (pointer.Length > LongestPointer)
            {
                return pointer.Append("/…").ToString();
            }

            pointer.Append(JsonPointer.Append("", step.ToString()));
        }

        return pointer.ToString();
    }
}
