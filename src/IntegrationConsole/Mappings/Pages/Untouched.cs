namespace IntegrationConsole.Mappings.Pages;

/// <summary>
/// Parts of something new that nobody has written yet. What is missing there is said when somebody has been there, or when
/// they want to publish: not before they could begin.
/// </summary>
/// <param name="refusals">How often a publication had been refused when it was made.</param>
/// <param name="parts">What is empty.</param>
internal sealed class Untouched(int refusals, params IEnumerable<string> parts)
{
    private readonly HashSet<string> _parts = [.. parts];

    public void Touch(string part) => _parts.Remove(part);

    public bool IsSaid(string part, int refusalsNow) => refusalsNow > refusals || !_parts.Contains(part);
}
