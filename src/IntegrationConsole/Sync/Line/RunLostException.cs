namespace IntegrationConsole.Sync.Line;

/// <summary>Another node has taken the run over: what was written here it will find unchanged, and nothing more is saved here.</summary>
internal sealed class RunLostException() : Exception("The run was taken over by another node.");
