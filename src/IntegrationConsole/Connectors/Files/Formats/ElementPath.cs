using System.Diagnostics.CodeAnalysis;
using System.Xml;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>
/// Which elements of an XML file are records: all of one name, wherever they stand; those at one path from the root; or
/// the children of the root. Names are compared without their namespace.
/// </summary>
internal sealed class ElementPath
{
    private readonly string[] _names;
    private readonly bool _isPath;

    private ElementPath(string[] names, bool isPath) => (_names, _isPath) = (names, isPath);

    public static bool TryParse(string text, [NotNullWhen(true)] out ElementPath? path)
    {
        var isPath = text.Contains('/');
        var names = text.Length == 0 ? [] : (text.StartsWith('/') ? text[1..] : text).Split('/');
        path = names.All(IsName) ? new ElementPath(names, isPath) : null;
        return path is not null;
    }

    /// <param name="open">The names of the elements around it, from the root, and its own.</param>
    public bool Matches(List<string> open) =>
        _isPath ? open.Count == _names.Length && open.SequenceEqual(_names)
            : _names.Length == 0 ? open.Count == 2
            : open[^1] == _names[0];

    private static bool IsName(string name) => name.Length > 0 && XmlConvert.IsStartNCNameChar(name[0]) && name.All(XmlConvert.IsNCNameChar);
}
