namespace IntegrationConsole.Mappings.Plan;

/// <summary>Takes the paths that rules read, and says where each value will be found.</summary>
internal interface IPathSlots
{
    /// <returns>The slot in which this path's value will be found.</returns>
    int Add(SourcePath path);
}
