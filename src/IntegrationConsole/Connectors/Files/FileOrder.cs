namespace IntegrationConsole.Connectors.Files;

/// <summary>In which order files are read.</summary>
internal static class FileOrder
{
    /// <summary>For everything: by name, which often holds a number or a date.</summary>
    public static readonly IComparer<FileEntry> ByName = Comparer<FileEntry>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    /// <summary>For what is new: so that a cursor covers all that was read before it.</summary>
    public static readonly IComparer<FileEntry> ByAge = Comparer<FileEntry>.Create((one, other) => FileCursor.Of(one).CompareTo(FileCursor.Of(other)));
}
